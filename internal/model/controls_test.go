package model

import "testing"

// A control is a design that is wrong, and has to be found so: by the invariant that
// it breaks, and by a trace of no more than so many steps.
type control struct {
	name   string
	change func(*Config)
	broken string
	within int
}

func without(g Guard) func(*Config) { return func(c *Config) { c.Without = g } }

// under changes the bounds of a control to those in which it is found soonest.
func (k control) under(trouble uint8, kinds Kinds, more ...func(*Config)) struct {
	control
	Config
} {
	c := with(bounds(k.name, trouble, kinds), k.change)
	for _, change := range more {
		change(&c)
	}
	return struct {
		control
		Config
	}{k, c}
}

func shared(c *Config) { c.Shared = true }
func burns(c *Config)  { c.Burns = true }
func third(c *Config)  { c.Failures = 3 }

func protocol(p Protocol) func(*Config) { return func(c *Config) { c.Protocol = p } }

// TestSimplerDesigns are what others would build first, under the mildest of trouble.
func TestSimplerDesigns(t *testing.T) {
	tests := []control{
		{"a plain counter", protocol(PlainCounter), I2, 5},
		{"a counter with a token of the event", protocol(EventCounter), I4, 6},
		{"a lock that expires, a counter, a token", protocol(ExpiringLock), I2, 8},
	}
	for _, test := range tests {
		mustBreak(t, test, with(bounds(test.name, 1, Crashes|Losses|Duplicates), test.change))
	}
}

// TestWithoutGuards takes each guard away for which something breaks then.
func TestWithoutGuards(t *testing.T) {
	calls, frozen := Losses|Refusals|Conflicts|Duplicates|Crashes, Freezes|Losses|Refusals|Amnesia|Crashes
	for _, k := range []struct {
		control
		Config
	}{
		control{"Fence", without(Fence), I8, 10}.under(1, Duplicates),
		control{"HoldsCondition", without(HoldsCondition), HeldClaim, 5}.under(1, Holds),
		control{"HoldsAtCall", without(HoldsAtCall), HeldClaim, 20}.under(1, Holds),
		control{"UnitCondition", without(UnitCondition), I9, 5}.under(1, Others, shared),
		control{"ClaimFirst", without(ClaimFirst), I5, 4}.under(1, calls),
		control{"CountInClaim", without(CountInClaim), I5, 9}.under(1, calls),
		control{"NeverRefund", without(NeverRefund), I8, 9}.under(1, People),
		control{"DueFirst", without(DueFirst), I2, 30}.under(2, frozen, third),
		control{"Backoff", without(Backoff), I2, 30}.under(2, frozen, third),
		control{"Deadline", without(Deadline), I2, 26}.under(2, Freezes|Amnesia, third),
		control{"StoredToken", without(StoredToken), I2, 11}.under(1, calls),
		control{"TokenRetry", without(TokenRetry), I4, 46}.under(1, Sweepers|Duplicates),
		control{"TokenOrdinal", without(TokenOrdinal), I10, 5}.under(1, calls, burns),
		control{"StoredSetting", without(StoredSetting), I6, 6}.under(1, Settings),
		control{"LookFirst", without(LookFirst), HeldClaim, 9}.under(1, everything),
		control{"SameFailure", without(SameFailure), I2, 12}.under(2, Losses|Amnesia),
		control{"WrongStatus", without(WrongStatus), I4, 6}.under(1, Conflicts),
		control{"OlderAnswer", without(OlderAnswer), I4, 10}.under(2, Conflicts|Lags),
		control{"OwnClaim", without(OwnClaim), I3, 43}.under(1, Holds),
		control{"Absorbing", without(Absorbing), I7, 10}.under(2, Unstarts|Sweepers),
		control{"OlderDoubt", without(OlderDoubt), I4, 22}.under(1, Lags|Crashes),
		control{"RoundTells", without(RoundTells), I3, 17}.under(2, Ages|People),
		control{"LeftFailed", without(LeftFailed), I3, 17}.under(1, calls),
		control{"SpendUnsure", without(SpendUnsure), I3, 47}.under(1, Losses|Crashes),
		control{"Sweeps", without(Sweeps), I3, 2}.under(1, Deaths),
		control{"Unstarted", without(Unstarted), I10, 5}.under(1, Unstarts),
		control{"SettledOnce", without(SettledOnce), OneOutcome, 18}.under(1, Duplicates),
	} {
		mustBreak(t, k.control, k.Config)
	}
}

// TestWithoutGivenUpMovedOn takes three troubles to be found, and as many states.
func TestWithoutGivenUpMovedOn(t *testing.T) {
	if !*big {
		t.Log("with -model.big")
		return
	}
	k := control{"GivenUpMovedOn", without(GivenUpMovedOn), I3, 22}
	mustBreak(t, k, with(bounds(k.name, 3, Settings|Losses|Duplicates), k.change))
}

func mustBreak(t *testing.T, k control, c Config) {
	t.Helper()
	r := c.Explore(3_000_000)
	t.Logf("%-40s %8d states, %2d steps: %s", k.name, r.States, len(r.Trace), r.Broke)
	if r.Broke != k.broken || len(r.Trace) > k.within {
		t.Errorf("%s: broken %q after %d steps, want %q within %d%s", k.name, r.Broke, len(r.Trace), k.broken, k.within, c.Lines(r))
	}
}

// TestSecondGuards are guards with another one behind: without the first nothing is
// lost, and without both more than without the second.
func TestSecondGuards(t *testing.T) {
	tests := []struct {
		control
		kinds  Kinds
		behind Guard
	}{
		// A wait without its schedule is taken up by the sweep, minutes late.
		{control{"Schedules", func(c *Config) { c.Without, c.Waits = Schedules, true }, I10, 6}, Crashes, Sweeps},
		// A failure that was taken for one that is done with is found by the search.
		{control{"EventDoubt", without(EventDoubt), I10, 11}, Lags, Sweeps},
		// A call that was never made, and is taken to be accepted, is one that never started.
		{control{"Ambiguous", without(Ambiguous), I10, 5}, Losses, Unstarted},
		// What is planned on old facts is older than the record that it was refused for.
		{control{"FreshLook", without(FreshLook), I4, 20}, Duplicates, OlderDoubt},
		// The second ordinal is not called: Describe shows that the first has got through.
		{control{"AnyOrdinal", without(AnyOrdinal), I2, 13}, Refusals, LookFirst},
	}
	for _, test := range tests {
		c := with(bounds(test.name, 1, test.kinds), test.change)
		if r := c.Explore(3_000_000); r.Broke != "" || !r.Whole {
			t.Errorf("%s: broken %q by itself, which makes it a control%s", test.name, r.Broke, c.Lines(r))
		}
		c.Without = test.behind
		if r := c.Explore(3_000_000); r.Broke != "" && len(r.Trace) <= test.within {
			t.Errorf("%s: what stands behind it breaks as soon by itself: %q%s", test.name, r.Broke, c.Lines(r))
		}
		c = with(bounds(test.name, 1, test.kinds), test.change)
		c.Without |= test.behind
		mustBreak(t, test.control, c)
	}
}

// TestGuardsThatSave are guards without which the model breaks nothing, and why
// they are there. What they save is looked at elsewhere.
func TestGuardsThatSave(t *testing.T) {
	tests := []struct {
		name, why string
		guard     Guard
		kinds     Kinds
	}{
		{"KnownEnd", "a repeated event would cost a look, and come to the same", KnownEnd, Duplicates},
		{"NextOfSecond", "no two ends of the model share a second (internal/retrier, TestFailsAgainInTheSameSecond)", NextOfSecond, Duplicates | Losses},
		{"StillClaimed", "two refusals of one call would be one back-off longer", StillClaimed, Refusals | Duplicates},
		{"FirstNotice", "one record has one claim, whoever makes it: the id matters to another stack's tokens", FirstNotice, Sweepers},
		{"RunningDoubt", "the failure is told all the same, its cause is not: the model has one cause", RunningDoubt, Lags},
		{"UnsureDoubt", "a lagging list would be judged by the older cause", UnsureDoubt, Lags | Losses},
		{"PairDoubt", "a lagging list would be judged by the older cause", PairDoubt, Lags},
	}
	for _, test := range tests {
		c := with(bounds(test.name, 1, test.kinds), without(test.guard))
		r := c.Explore(3_000_000)
		t.Logf("%-14s %8d states: %s", test.name, r.States, test.why)
		if r.Broke != "" || !r.Whole {
			t.Errorf("%s: broken %q, which makes it a control%s", test.name, r.Broke, c.Lines(r))
		}
	}
}
