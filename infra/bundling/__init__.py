"""What Lambda runs: zip files of packages and our own code, made without Docker."""
