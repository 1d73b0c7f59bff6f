"""What is the loss, and its gradient? Over all tuples of inputs, exactly, by hand."""
