package history

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"mulligan/internal/retry"
)

// What the small histories are about: one execution, one bucket with one unit, one
// line.
var (
	noon   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	record = "execution#a/record"
	bucket = retry.Bucket{Key: "b", Size: 1, Per: time.Hour}
	drawn  = Value{N: noon.Add(time.Hour).UnixMilli()}
	first  = Write{Execution: record, Record: Value{N: 1, Text: "first"}, At: noon}
	other  = Write{Execution: record, Record: Value{N: 1, Text: "other"}, At: noon}
	claim  = Write{
		Execution: record, Record: Value{N: 1, Used: 1, Text: "claim"}, Claim: "token", At: noon,
		Takes: []Take{{BucketItem("b"), bucket, false}},
	}
	turn = Turn{Item: LineItem("b"), Every: 10, First: 100, Last: 110}
)

// did and saw are one operation between two moments; unknown ones never return.
type span struct {
	from, to int64
	in, out  any
}

func saw(from, to int64, sights ...Sight) span { return span{from, to, &Observation{sights}, nil} }
func look(item string, v Value) Sight          { return Sight{Look{item}, v} }

// history has the spans, each by a client of its own.
func history(spans []span) *Recorder {
	r := &Recorder{}
	for i, s := range spans {
		r.now = max(r.now, s.to)
		if of, is := s.in.(*Observation); is {
			r.done = append(r.done,
				porcupine.Operation{ClientId: i, Input: begins{of}, Call: s.from, Return: s.from},
				porcupine.Operation{ClientId: i, Input: ends{of}, Call: s.to, Return: s.to})
			continue
		}
		r.done = append(r.done, porcupine.Operation{ClientId: i, Input: s.in, Output: s.out, Call: s.from, Return: s.to})
	}
	return r
}

func with(w Write, change func(*Write)) Write {
	change(&w)
	return w
}

func TestRules(t *testing.T) {
	sentTwice := with(first, func(w *Write) { w.ID = "id" })
	held := with(claim, func(w *Write) { w.Holds = 1 })
	later := with(claim, func(w *Write) { w.Execution = "execution#z/record" })
	for name, test := range map[string]struct {
		spans []span
		want  porcupine.CheckResult
	}{
		"nothing":                               {nil, porcupine.Ok},
		"written and read":                      {[]span{{1, 2, first, Done}, saw(3, 4, look(record, first.Record))}, porcupine.Ok},
		"read before it was written":            {[]span{saw(1, 2, look(record, first.Record)), {3, 4, first, Done}}, porcupine.Illegal},
		"read while it was written":             {[]span{{1, 4, first, Done}, saw(2, 3, look(record, first.Record)), saw(5, 6, look(record, first.Record))}, porcupine.Ok},
		"read, and not any more":                {[]span{{1, 6, first, Done}, saw(2, 3, look(record, first.Record)), saw(4, 5, look(record, Value{}))}, porcupine.Illegal},
		"stale read":                            {[]span{{1, 2, first, Done}, saw(3, 4, look(record, Value{}))}, porcupine.Illegal},
		"two first writes":                      {[]span{{1, 4, first, Done}, {2, 3, other, Done}}, porcupine.Illegal},
		"one of two is refused":                 {[]span{{1, 4, first, Done}, saw(2, 3, Sight{Of: other})}, porcupine.Ok},
		"refused for nothing":                   {[]span{saw(1, 2, Sight{Of: first})}, porcupine.Illegal},
		"unknown and read":                      {[]span{{1, 2, first, Unknown}, saw(5, 6, look(record, first.Record))}, porcupine.Ok},
		"unknown and not read":                  {[]span{{1, 2, first, Unknown}, saw(5, 6, look(record, Value{}))}, porcupine.Ok},
		"unknown, not read, and read later":     {[]span{{1, 2, first, Unknown}, saw(5, 6, look(record, Value{})), saw(7, 8, look(record, first.Record))}, porcupine.Ok},
		"unknown, read, and not any more":       {[]span{{1, 2, first, Unknown}, saw(5, 6, look(record, first.Record)), saw(7, 8, look(record, Value{}))}, porcupine.Illegal},
		"unknown, and another one instead":      {[]span{{1, 2, first, Unknown}, {3, 4, other, Done}, saw(5, 6, look(record, other.Record))}, porcupine.Ok},
		"unknown, and both":                     {[]span{{1, 2, first, Unknown}, {3, 4, other, Done}, saw(5, 6, look(record, first.Record))}, porcupine.Illegal},
		"sent twice":                            {[]span{{1, 2, sentTwice, Unknown}, {3, 4, sentTwice, Done}, saw(5, 6, look(record, first.Record))}, porcupine.Ok},
		"sent twice and done once":              {[]span{{1, 2, sentTwice, Done}, {3, 4, sentTwice, Done}}, porcupine.Ok},
		"sent twice, and refused for itself":    {[]span{{1, 2, sentTwice, Done}, saw(3, 4, Sight{Of: sentTwice})}, porcupine.Illegal},
		"claimed":                               {[]span{{1, 2, claim, Done}, saw(3, 4, look(BucketItem("b"), drawn), look(record, claim.Record))}, porcupine.Ok},
		"claimed, the unit is still there":      {[]span{{1, 2, claim, Done}, saw(3, 4, look(BucketItem("b"), Value{}))}, porcupine.Illegal},
		"claimed, the unit goes first":          {[]span{{1, 6, claim, Done}, saw(2, 3, look(BucketItem("b"), drawn)), saw(4, 5, look(record, Value{}))}, porcupine.Illegal},
		"two claims of one unit":                {[]span{{1, 4, claim, Done}, {2, 3, later, Done}}, porcupine.Illegal},
		"a claim without its unit":              {[]span{{1, 2, with(claim, func(w *Write) { w.Takes = nil }), Done}}, porcupine.Illegal},
		"a unit without its claim":              {[]span{{1, 2, with(claim, func(w *Write) { w.Record.Used = 0 }), Done}}, porcupine.Illegal},
		"a claim that looks at no holds":        {[]span{{1, 2, with(claim, func(w *Write) { w.Unheld = true }), Done}}, porcupine.Illegal},
		"claimed after the holds were set":      {[]span{{1, 2, Place{Put{HoldsItem, Value{N: 1}}}, nil}, {3, 4, claim, Done}}, porcupine.Illegal},
		"claimed in knowledge of the holds":     {[]span{{1, 2, Place{Put{HoldsItem, Value{N: 1}}}, nil}, {3, 4, held, Done}}, porcupine.Ok},
		"called with its claim":                 {[]span{{1, 2, claim, Done}, saw(3, 4, Sight{Of: Call{record, "token"}})}, porcupine.Ok},
		"called after a claim that was unheard": {[]span{{1, 2, claim, Unknown}, saw(3, 4, Sight{Of: Call{record, "token"}})}, porcupine.Ok},
		"called before its claim":               {[]span{saw(1, 2, Sight{Of: Call{record, "token"}}), {3, 4, claim, Done}}, porcupine.Illegal},
		"called with another token":             {[]span{{1, 2, claim, Done}, saw(3, 4, Sight{Of: Call{record, "guess"}})}, porcupine.Illegal},
		"two turns":                             {[]span{{1, 4, turn, Given{Turn: 110}}, {2, 3, turn, Given{Turn: 100}}}, porcupine.Ok},
		"one turn given twice":                  {[]span{{1, 4, turn, Given{Turn: 100}}, {2, 3, turn, Given{Turn: 100}}}, porcupine.Illegal},
		"a turn that nobody heard of":           {[]span{{1, 2, turn, Given{Unknown: true}}, {3, 4, turn, Given{Turn: 110}}}, porcupine.Ok},
		"no turn left":                          {[]span{{1, 2, turn, Given{Turn: 100}}, {3, 4, turn, Given{Turn: 110}}, saw(5, 6, Sight{Of: turn})}, porcupine.Ok},
		"no turn, although there is one":        {[]span{{1, 2, turn, Given{Turn: 100}}, saw(5, 6, Sight{Of: turn})}, porcupine.Illegal},
	} {
		if got := Check(history(test.spans).History()); got.Result != test.want {
			t.Errorf("%s: got %s, want %s\n%s", name, got.Result, test.want, got.Text())
		}
	}
}

// A fault tells how far the order goes, and what does not follow; its picture is a
// page.
func TestFaultTells(t *testing.T) {
	folder := t.TempDir()
	v := Check(history([]span{{1, 2, first, Done}, {3, 4, other, Done}}).History())
	err := v.Fault(folder)
	if err == nil {
		t.Fatal("two first writes have an explanation")
	}
	for _, words := range []string{"Illegal", "[1 to 2] client 0: write", "[3 to 4] client 1: write", folder} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("the fault does not say %q: %v", words, err)
		}
	}
	page, err := os.ReadFile(folder + "/history.html")
	if err != nil || !strings.Contains(string(page), "<html") {
		t.Errorf("the picture is %d bytes, error %v", len(page), err)
	}
	if err := Check(history([]span{{1, 2, first, Done}}).History()).Fault(folder); err != nil {
		t.Errorf("one write: %v", err)
	}
}
