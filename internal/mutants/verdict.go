package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// fate is what became of a mutant.
type fate int

const (
	caught fate = iota
	explained
	survived // nobody noticed, and nobody says why
	broken   // the table is wrong about it
)

// verdict is what the tests say of a mutant.
type verdict struct {
	mutant
	fate fate
	told string // the test that caught it, the reason, or what is wrong
	took time.Duration
}

// String is the mutant's line.
func (v verdict) String() string {
	words := map[fate]string{caught: "caught by ", explained: "survives: ", survived: "SURVIVED ", broken: "ERROR: "}
	return fmt.Sprintf("%-34s %s%s", v.name, words[v.fate], v.told)
}

// try takes the guard out and runs its tests, then those on DynamoDB Local.
func (l lab) try(ctx context.Context, m mutant) verdict {
	began := time.Now()
	v := l.tryBy(ctx, m, m.by)
	if m.local && l.endpoint != "" && v.fate == caught {
		there := l.tryBy(ctx, m, onLocal)
		if v.fate = there.fate; v.fate == caught {
			v.told += "; by DynamoDB Local: " + there.told
		} else {
			v.told = "on DynamoDB Local: " + there.told
		}
	}
	v.took = time.Since(began)
	return v
}

// onLocal are the tests of the ledger against DynamoDB Local.
var onLocal = tests{pkg: "./internal/ledger", run: "^TestDynamoDBLocal", tag: "e2e"}

func (l lab) tryBy(ctx context.Context, m mutant, by tests) verdict {
	v := verdict{mutant: m, fate: broken}
	overlay, err := l.overlay(m)
	if err != nil {
		v.told = err.Error()
		return v
	}
	ran, err := l.test(ctx, by, overlay)
	switch {
	case err != nil:
		v.told = err.Error()
	case !ran.built:
		v.told = "it does not compile:\n" + strings.TrimSpace(ran.said)
	case ran.failed != "" && m.explains != "":
		v.told = "it is said to survive, and is caught by " + ran.failed + ": " + m.explains
	case ran.failed != "":
		v.fate, v.told = caught, ran.failed
	case m.explains != "":
		v.fate, v.told = explained, m.explains
	default:
		v.fate, v.told = survived, by.pkg+" "+by.run+": "+m.guard
	}
	return v
}
