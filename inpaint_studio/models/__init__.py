"""What is known about models without loading them: families, detection, schedulers. No torch."""
