"""What views on several machines share: publish/subscribe."""
