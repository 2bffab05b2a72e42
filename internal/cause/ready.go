package cause

// Ready makes the rules ready, which the first reading would else do: a starting
// Lambda function has the whole of a CPU, an event a small part of one.
func Ready() { rulebook() }
