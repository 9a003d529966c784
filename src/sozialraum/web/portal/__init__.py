"""The public face: pages that show a release. It holds no rules of its own."""
