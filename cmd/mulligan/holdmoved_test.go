package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"mulligan/internal/ledger"
	"mulligan/internal/retry"
)

// faster is a ledger in which somebody changes the holds while the question is open.
type faster struct {
	holds
	first func()
}

func (f *faster) Place(ctx ctx, hold retry.Hold, seen retry.Holds) (retry.Holds, error) {
	f.first()
	return f.holds.Place(ctx, hold, seen)
}

func (f *faster) Release(ctx ctx, scope string, by ledger.By, seen retry.Holds) (retry.Holds, error) {
	f.first()
	return f.holds.Release(ctx, scope, by, seen)
}

func TestHoldMoved(t *testing.T) {
	set := func(g *guard, scope string, lasts time.Duration) func() {
		kept := g.kept
		return func() {
			seen, err := kept.Current(t.Context())
			if err == nil {
				_, err = kept.Place(t.Context(), retry.Hold{Scope: scope, Author: "eve\x1b[2J", Note: "mine", Since: midnight, Until: midnight.Add(lasts)}, seen)
			}
			if err != nil {
				t.Error(err)
			}
		}
	}
	for _, test := range []struct {
		name, args, scope string
		lasts             time.Duration
		code, holds       int
		want              string
	}{
		{"another scope", "hold --all --for 2h --note x", "class capacity", time.Hour, 0, 2, "Held: everything"},
		{"a shorter one", "hold --all --for 2h --note x", "all", time.Hour, 0, 1, "Held: everything"},
		{"a longer one", "hold --all --for 2h --note x", "all", 3 * time.Hour, exitError, 1,
			"Error: nothing is written: somebody else has changed the hold meanwhile: one set by eve [2J stands until 2026-03-01T03:00:00Z; run this again to see what it would change now\n"},
		{"a new one to release", "release --all", "all", 3 * time.Hour, exitError, 1, "Error: nothing is written: somebody else has changed the hold meanwhile"},
		{"one that is released", "release --all", "", 0, 0, 0, "Nothing was released: no hold on everything is set in stack mulligan (eu-west-1, account 123456789012).\n"},
	} {
		g := newGuard()
		if strings.HasPrefix(test.args, "release") {
			set(g, "all", time.Hour)()
		}
		first := set(g, test.scope, test.lasts)
		if kept := g.kept; test.scope == "" {
			first = func() {
				if _, err := kept.Release(t.Context(), "all", ledger.By{Author: "eve", At: midnight}, g.current(t)); err != nil {
					t.Error(err)
				}
			}
		}
		plain := g.kept
		g.kept = &faster{plain, first}
		out, problems, code := g.types(t, strings.Fields(test.args+" --yes")...)
		g.kept = plain
		if code != test.code || !strings.Contains(out+problems, test.want) || len(g.current(t).Holds) != test.holds {
			t.Errorf("%s: exit %d, %d holds\n%s%s\nwant exit %d, %d holds and %q", test.name, code, len(g.current(t).Holds), out, problems, test.code, test.holds, test.want)
		}
	}
}

// unreadable is a ledger in which a newer build has set holds.
type unreadable struct{ holds }

func (u unreadable) Current(ctx) (retry.Holds, error) {
	return retry.Holds{Rev: 9, Fault: "schema\n7"}, nil
}

func (u unreadable) Breakers(ctx) ([]retry.Breaker, error) {
	return []retry.Breaker{{Scope: "class capacity", Rev: 1, Rate: 60}}, errors.New(`breaker "x" cannot be read: schema 7`)
}

func TestUnreadableHolds(t *testing.T) {
	g := newGuard()
	g.kept = unreadable{g.kept}
	out, problems, code := g.types(t, "holds")
	if want := "The holds of stack mulligan (eu-west-1, account 123456789012) cannot be read (schema 7): everything is held until they can.\n"; !strings.HasPrefix(out, want) {
		t.Errorf("got\n%s\nwant %s", out, want)
	}
	if code != exitError || !strings.Contains(out, "Breaker: failures of class capacity\n") || problems != "Error: breaker \"x\" cannot be read: schema 7\n" {
		t.Errorf("exit %d, got\n%s%s", code, out, problems)
	}
	for _, args := range []string{"hold --all --for 1h --note x --yes", "release --yes"} {
		_, problems, code := g.types(t, strings.Fields(args)...)
		if want := "cannot be read"; code != exitError || !strings.Contains(problems, want) || strings.Count(problems, "\n") != 1 {
			t.Errorf("%s: exit %d, %q, want %q", args, code, problems, want)
		}
	}
}
