"""What views on several machines share: publish/subscribe, and later presence and state."""
