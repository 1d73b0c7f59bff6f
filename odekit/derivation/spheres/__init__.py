"""What do unit spheres add? The radial part, laws that hold up to scale, exact solutions."""
