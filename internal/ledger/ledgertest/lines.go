package ledgertest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// queue is a line before a breaker of the suite: a turn each second from cut on,
// ten of them.
func queue(scope string) retry.Line {
	return retry.Line{Key: retry.BreakerLine(scope), Every: time.Second, First: cut, Last: cut.Add(9 * time.Second)}
}

// turn is the next turn, which must be given.
func turn(t *testing.T, l Ledger, in retry.Line) time.Time {
	t.Helper()
	at, given, err := l.Queue(t.Context(), in)
	if err != nil || !given {
		t.Fatalf("turn: given %t, error %v", given, err)
	}
	return at
}

// noTurn fails the test if a turn is given.
func noTurn(t *testing.T, l Ledger, in retry.Line) {
	t.Helper()
	if at, given, err := l.Queue(t.Context(), in); err != nil || given || !at.IsZero() {
		t.Fatalf("no turn: got %s, given %t, error %v", at, given, err)
	}
}

func turnsFollowOneAnother(t *testing.T, l Ledger) {
	in := queue("class capacity")
	for n := range 10 {
		same(t, "turn", turn(t, l, in), cut.Add(time.Duration(n)*time.Second))
	}
	noTurn(t, l, in)
	longer := in
	longer.Last = cut.Add(10 * time.Second)
	same(t, "turn of one who can wait longer", turn(t, l, longer), longer.Last)
	noTurn(t, l, longer)
	never := queue("class network")
	never.Last = never.First.Add(-time.Millisecond)
	noTurn(t, l, never)
	same(t, "turn in another line", turn(t, l, queue("class network")), cut)
}

// freeLineBeginsAnew: nobody waits for those who have long gone.
func freeLineBeginsAnew(t *testing.T, l Ledger) {
	for _, c := range []struct {
		name        string
		first, want time.Duration // after the turn given last
	}{
		{"long past", time.Hour, time.Hour},
		{"just free", time.Second, time.Second},
		{"not quite free", time.Second - time.Millisecond, time.Second},
		{"before it", -5 * time.Second, time.Second},
	} {
		in := queue(c.name)
		last := turn(t, l, in)
		in.First, in.Last = last.Add(c.first), last.Add(2*time.Hour)
		same(t, c.name, turn(t, l, in), last.Add(c.want))
	}
}

// turnsAreWholeMilliseconds, and neither before First nor after Last for it.
func turnsAreWholeMilliseconds(t *testing.T, l Ledger) {
	in := queue("class capacity")
	in.First, in.Last, in.Every = now, now.Add(3*time.Millisecond), time.Millisecond-time.Nanosecond
	for n := range 3 {
		same(t, "turn", turn(t, l, in), cut.Add(time.Duration(n+1)*time.Millisecond))
	}
	noTurn(t, l, in)
	exact := queue("class network")
	exact.Last = exact.First
	same(t, "the only turn", turn(t, l, exact), cut)
	noTurn(t, l, exact)
}

// turnsAgreeWithRule walks lines through time at random and compares every answer
// with retry.Line.Next, which knows nothing of branches.
func turnsAgreeWithRule(t *testing.T, l Ledger) {
	random := rand.New(rand.NewPCG(7, 11))
	for _, every := range []time.Duration{time.Millisecond, 250 * time.Millisecond, time.Minute} {
		in, last, given := queue(every.String()), time.Time{}, 0
		in.Every = every
		ms := every.Milliseconds()
		for step := range 80 {
			in.First = in.First.Add(time.Duration(random.Int64N(ms*5/4+1)-ms/8) * time.Millisecond)
			in.Last = in.First.Add(time.Duration(random.Int64N(ms*5)) * time.Millisecond)
			want, inTime := in.Next(last)
			if !inTime {
				noTurn(t, l, in)
				continue
			}
			same(t, fmt.Sprintf("every %s, step %d", every, step), turn(t, l, in), want)
			last, given = want, given+1
		}
		if given < 10 || given == 80 {
			t.Errorf("every %s: %d turns of 80: expected some given and some not", every, given)
		}
	}
}

// manyStandInLine: turns that are asked for at once are all different, evenly
// spaced, and as many as come in time.
func manyStandInLine(t *testing.T, l Ledger) {
	var mu sync.Mutex
	var all sync.WaitGroup
	turns := map[time.Time]bool{}
	for range 40 {
		all.Go(func() {
			in := queue("class capacity")
			in.Last = in.First.Add(24 * time.Second)
			at, given, err := l.Queue(t.Context(), in)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if given && turns[at] {
				t.Errorf("turn %s was given twice", at)
			}
			if given {
				turns[at] = true
			}
		})
	}
	all.Wait()
	same(t, "turns given", len(turns), 25)
	for n := range 25 {
		if at := cut.Add(time.Duration(n) * time.Second); !turns[at] {
			t.Errorf("turn %s was given to nobody", at)
		}
	}
}

// linesAreRead: of the buckets and scopes that are asked for, and apart from the
// buckets of the same key.
func linesAreRead(t *testing.T, l Ledger) {
	b := bucket(3)
	sameFull(t, "lines of none", read(t, l, 1, b).Lines, nil)
	toBucket := queue("")
	toBucket.Key = b.Key
	turn(t, l, toBucket)
	turn(t, l, toBucket)
	turn(t, l, queue("class capacity"))
	state, err := l.Read(t.Context(), arn(1), []retry.Bucket{b, b}, "class capacity", "class network", "class capacity")
	if err != nil {
		t.Fatal(err)
	}
	sameFull(t, "lines", state.Lines, map[string]time.Time{b.Key: cut.Add(time.Second), retry.BreakerLine("class capacity"): cut})
	sameFull(t, "bucket", state.Full, nil)
	sameFull(t, "lines that nobody asked for", read(t, l, 1).Lines, nil)
	state = apply(t, l, change(1, state, now, b))
	sameFull(t, "lines after a change", state.Lines, map[string]time.Time{b.Key: cut.Add(time.Second), retry.BreakerLine("class capacity"): cut})
	delete(state.Lines, b.Key)
	sameFull(t, "line read again", read(t, l, 1, b).Lines, map[string]time.Time{b.Key: cut.Add(time.Second)})
}

func impossibleLines(t *testing.T, l Ledger) {
	for name, in := range map[string]retry.Line{
		"no key":     {Every: time.Second, First: cut, Last: cut.Add(time.Hour)},
		"no spacing": {Key: "k", First: cut, Last: cut.Add(time.Hour)},
	} {
		_, given, err := l.Queue(t.Context(), in)
		says(t, name, err, "queue: expected a line with a key and a time between two turns")
		same(t, name+": given", given, false)
	}
}
