package simulate

// The invariants, by the names that violations carry.
const (
	I1      = "I1"
	I2      = "I2"
	I3      = "I3"
	I4      = "I4"
	I5      = "I5"
	I6      = "I6"
	I7      = "I7"
	I8      = "I8"
	I9      = "I9"
	I10     = "I10"
	I11     = "I11"
	I12     = "I12"
	I13     = "I13"
	Helps   = "helps"
	Missed  = "missed"
	Held    = "held"
	Outcome = "outcome"
)

// Invariants are what every run has to keep, by name.
var Invariants = []struct{ Name, Promise string }{
	{I1, "no execution is retried more often than its budget allows"},
	{I2, "no failure is retried twice: each unit has at most one retry that takes effect"},
	{I3, "every failure comes to an end that is written down, whatever was lost"},
	{I4, "what was spent is never less than what took effect, and each failure is worth one unit"},
	{I5, "no RetryPipelineExecution without a claim that was written before it, nor before it is due"},
	{I6, "one token always comes with the same parameters"},
	{I7, "a failure that is done with stays so"},
	{I8, "what was spent never becomes less"},
	{I9, "no shared budget gives more than it holds and what has flowed in"},
	{I10, "whatever waits has a schedule and a place in the queues of the sweep, and ends when the faults have"},
	{I11, "a log that cannot be written changes nothing"},
	{I12, "each invocation logs one line: bounded, printable JSON"},
	{I13, "one invocation makes no more than so many calls"},
	{Helps, "no unit is taken for a failure that does not deserve one: permanent, too old, replaced, not for this mode"},
	{Missed, "no failure that a retry could help is left alone without a reason that is true"},
	{Held, "nothing is claimed or called while a person holds it back"},
	{Outcome, "what became of a retry is counted once"},
}
