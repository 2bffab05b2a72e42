package model

// A Stamp is an instant as far as the protocol can tell instants apart: the
// number of changes that SageMaker had shown of the execution by then, from 1.
// The zero Stamp is a time that is not there.
type Stamp = uint8

// Status is how the execution stands.
type Status uint8

// The statuses. Succeeded and Stopped are final here.
const (
	Executing Status = iota
	Failed
	Succeeded
	Stopped
)

// mostFailures bounds the failures of the one execution, for the size of a State.
const mostFailures = 4

// mostTokens is how many accepted or refused tokens SageMaker remembers. The
// bounds of the checks keep it from ever being too few.
const mostTokens = 6

// World is what is outside of Mulligan: SageMaker with the one execution, the
// policy's surroundings, and what only the checker knows of what has happened.
type World struct {
	Status   Status
	Modified Stamp                   // LastModifiedTime
	Round    Stamp                   // latest end among the failed steps
	Person   bool                    // somebody else started the run
	Ran      bool                    // a step of the run that is under way has started
	Failures uint8                   // so far
	FailedAt [mostFailures + 1]Stamp // when failure n was, from 1
	EndedAt  Stamp                   // the end that is no failure

	Minutes, Hours uint16 // bit n: a minute, or hours, went by while Modified was n
	Expired        Stamp  // failures up to then are too old
	TooOld         Stamp  // the failure that was last stopped for its age

	Before       Snapshot // the last change, as it was before; zero: known to everybody
	LagsDescribe bool     // Describe shows Before
	LagsSteps    Lag
	Accepted     [mostTokens]Token // what SageMaker remembers to have retried for
	Burned       [mostTokens]Token // tokens that were refused, where that uses them up
	Hold         bool
	Empty        bool  // the shared budget
	Setting      uint8 // what a claim made now would ask for
	Effective    [mostFailures + 1]uint8
	Tallied      uint8 // bit n: the outcome of retry n was counted
	Excused      bool  // units were spent without an effective retry for a reason that the design names
	MayStop      bool  // something happened that may end a failure before the budget is spent
	Broke        uint8 // what a step has broken
}

// Snapshot is what a stale read shows.
type Snapshot struct {
	Status          Status
	Modified, Round Stamp
}

// Lag is how a stale step list looks.
type Lag uint8

// The lags of a step list.
const (
	NoLag   Lag = iota
	Running     // the failed step is shown running
	Older       // the rows of the run before
)

// change is one more change of the execution.
func (w *World) change(c *Config) {
	w.Before = Snapshot{}
	if c.Kinds&Lags != 0 {
		w.Before = Snapshot{w.Status, w.Modified, w.Round}
	}
	w.Modified++
}

// fail ends the run.
func (w *World) fail(c *Config, step bool) Notice {
	if !step && w.Person {
		w.MayStop = true // it looks like an edited description of the failure before
	}
	w.change(c)
	w.Status, w.Ran, w.Person = Failed, false, false
	if step {
		w.Round = w.Modified
	}
	w.Failures++
	w.FailedAt[w.Failures] = w.Modified
	return noticeOf(w.Failures, 0)
}

// end ends the run in another way.
func (w *World) end(c *Config, how Status) Notice {
	w.change(c)
	w.Status, w.Ran, w.Person, w.EndedAt = how, false, false, w.Modified
	return endNotice
}

// start is a retry taking effect.
func (w *World) start(c *Config) {
	w.change(c)
	w.Status, w.Ran = Executing, false
}

// describe is DescribePipelineExecution.
func (w *World) describe() (Status, Stamp) {
	if w.LagsDescribe {
		return w.Before.Status, w.Before.Modified
	}
	return w.Status, w.Modified
}

// steps is ListPipelineExecutionSteps: the round, and whether a step runs.
func (w *World) steps() (Stamp, bool) {
	switch {
	case w.LagsSteps == Running:
		return 0, true
	case w.LagsSteps == Older:
		return w.Before.Round, false
	case w.Status == Executing && w.Ran:
		return 0, true
	default:
		return w.Round, false
	}
}

// wentBy tells whether more than a minute went by between two instants.
func (w *World) wentBy(from, to Stamp) bool {
	return to > from && (w.Minutes|w.Hours)&(1<<to-1<<from) != 0
}

// minuteSince tells whether a minute went by since then.
func (w *World) minuteSince(then Stamp) bool { return (w.Minutes|w.Hours)>>then != 0 }

// hoursSince tells whether hours went by since then.
func (w *World) hoursSince(then Stamp) bool { return w.Hours>>then != 0 }

// A Token is a ClientRequestToken, by what it is derived from; 0 is one that
// nobody ever sends again.
type Token uint16

func remembers(tokens *[mostTokens]Token, t Token) bool {
	for _, known := range tokens {
		if known == t && t != 0 {
			return true
		}
	}
	return false
}

func remember(tokens *[mostTokens]Token, t Token) {
	if t == 0 || remembers(tokens, t) {
		return
	}
	for i := range tokens {
		if tokens[i] == 0 {
			tokens[i] = t
			return
		}
	}
	copy(tokens[:], tokens[1:])
	tokens[mostTokens-1] = t
}
