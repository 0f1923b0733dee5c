"""What the files of a cluster mean for the machines under it: images to pull, ports to open, each as a table."""
