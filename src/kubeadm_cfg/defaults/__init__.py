"""What Kubernetes fills in where a file is silent, per minor. Nothing is validated here."""
