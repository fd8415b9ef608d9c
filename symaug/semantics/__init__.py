"""What the documents mean: the group, the robot it acts on, and how it acts on every block of numbers."""
