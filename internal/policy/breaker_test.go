package policy

import (
	"strings"
	"testing"
	"time"

	"mulligan/internal/retry"
)

func number(n int) *int { return &n }

func TestBreakerOfAPipeline(t *testing.T) {
	tests := []struct {
		name   string
		d      Document
		most   int
		within time.Duration
		scarce bool
	}{
		{"built in", Document{}, 10, 10 * time.Minute, true},
		{"its number", Document{Terms: Terms{Breaker: Breaker{Executions: number(3)}}}, 3, 10 * time.Minute, true},
		{"its time", Document{Terms: Terms{Breaker: Breaker{Within: time.Hour}}}, 10, time.Hour, true},
		{"off", Document{Terms: Terms{Breaker: Breaker{Executions: number(0)}, Scarce: &no}}, 0, 10 * time.Minute, false},
		{"a section's", Document{
			Terms:     Terms{Breaker: Breaker{Executions: number(3), Within: time.Hour}, Scarce: &no},
			Pipelines: []Section{{Name: "s", Pipelines: []string{"train"}, Terms: Terms{Breaker: Breaker{Executions: number(0)}, Scarce: &yes}}},
		}, 0, time.Hour, true},
		{"another section's", Document{
			Pipelines: []Section{{Name: "s", Pipelines: []string{"x"}, Terms: Terms{Breaker: Breaker{Executions: number(0)}, Scarce: &no}}},
		}, 10, 10 * time.Minute, true},
	}
	for _, test := range tests {
		most, within := test.d.breaker("Train")
		if scarce := test.d.scarce("Train"); most != test.most || within != test.within || scarce != test.scarce {
			t.Errorf("%s: got %d within %s, scarce %t; want %d within %s, scarce %t", test.name, most, within, scarce, test.most, test.within, test.scarce)
		}
	}
}

// Whatever wrote the ledger, no build goes by numbers that it cannot honour.
func TestBreakersAndRefillsThatCannotBe(t *testing.T) {
	budget := Budget{Set: true, Size: 3, Refill: time.Hour, RefillOnSuccess: true}
	section := func(b Breaker) Document {
		return Document{Schema: Schema, Pipelines: []Section{{Name: "s", Pipelines: []string{"a"}, Terms: Terms{Breaker: b}}}}
	}
	whole := func(t Terms) Document { return Document{Schema: Schema, Terms: t} }
	tests := []struct {
		name string
		d    Document
		want string // in the error; "" for none
	}{
		{"all of it", whole(Terms{Breaker: Breaker{Executions: number(MostAlike), Within: longest}, Scarce: &no, Budgets: Budgets{Execution: budget, Pipeline: budget}}), ""},
		{"less than none", whole(Terms{Breaker: Breaker{Executions: number(-1)}}), "expected a breaker of up to 100 executions: got -1"},
		{"too many", whole(Terms{Breaker: Breaker{Executions: number(MostAlike + 1)}}), "expected a breaker of up to 100 executions: got 101"},
		{"too long", whole(Terms{Breaker: Breaker{Within: longest + 1}}), "expected a breaker within up to 28 days"},
		{"a section's", section(Breaker{Executions: number(3)}), `section "s": expected no breaker but one of 0 executions`},
		{"a section's time", section(Breaker{Within: time.Hour}), `section "s": expected no breaker but one of 0 executions`},
		{"a section left out", section(Breaker{Executions: number(0)}), ""},
		{"nothing to fill", whole(Terms{Budgets: Budgets{Execution: Budget{Set: true, Size: 3, RefillOnSuccess: true}}}), "expected a budget with refill to be filled by a success"},
		{"the account's", whole(Terms{Budgets: Budgets{Account: budget}}), "expected a budget of the account that no success fills"},
	}
	for _, test := range tests {
		text, hash := body(t, test.d)
		_, err := Decode(text, hash)
		if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", test.name, err, test.want)
		}
	}
}

// A build goes by no policy whose keys it does not all know: the one before it
// stays in force, as breakers do when an older build reads them.
func TestUnknownKeysAreRefused(t *testing.T) {
	before := stored(t, 1, named("before"))
	for _, key := range []string{`"breakers":{"executions":3},"schema"`, `"lack":true,"schema"`} {
		newer := stored(t, 2, named("newer"))
		newer.Body = strings.Replace(newer.Body, `"schema"`, key, 1)
		newer.Hash, newer.Before = hashOf(newer.Body), before.Body
		for name, reads := range map[string][]retry.Stored{"known": {before, newer}, "on a cold start": {newer}} {
			book := NewBook(defaults)
			var terms retry.Terms
			for i := range reads {
				var err error
				if terms, err = book.Terms(arn, &reads[i]); err != nil {
					t.Fatal(err)
				}
			}
			if terms.Version != version(before) || !strings.Contains(terms.Problem, "unknown field") {
				t.Errorf("%s, %s: got %s (%q), want the one before it", key, name, terms.Version, terms.Problem)
			}
		}
	}
}
