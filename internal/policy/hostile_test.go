package policy

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"mulligan/internal/cause"
	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/retry"
)

// TestLargePoliciesAreNotRead: a compiled policy beyond its bound costs nothing,
// and one within it a small multiple of itself, whatever is wrong with it.
func TestLargePoliciesAreNotRead(t *testing.T) {
	for name, unit := range map[string]string{
		"letters": "x", "brackets": "[", "objects": `{"rules":`, "rules": `{"name":"x"},`, "keys": `"schema":1,`, "escapes": `\u202e`, "digits": "9",
	} {
		for _, size := range []int{MaxBody - 100, MaxBody + 1, 1 << 20} {
			for _, text := range []string{
				strings.Repeat(unit, size/len(unit)), `{"schema":1,"description":"` + strings.Repeat(unit, size/len(unit)), `{"schema":1,"rules":[` + strings.Repeat(unit, size/len(unit)),
			} {
				hash := hashOf(text)
				n := allocated(func() {
					if _, err := Decode(text, hash); err == nil {
						t.Errorf("%s: no error", name)
					}
				})
				if most := uint64(64 * len(text)); len(text) <= MaxBody && n > most {
					t.Errorf("%s: %d bytes for %d", name, n, len(text))
				} else if len(text) > MaxBody && n > 4<<10 {
					t.Errorf("%s: %d bytes for a policy of %d that is not read", name, n, len(text))
				}
			}
		}
	}
}

// TestFaultsAreBounded: as many faults as fit into a policy, each in the words of
// the longest name, are still told in one bounded line.
func TestFaultsAreBounded(t *testing.T) {
	name := strings.Repeat("n", MaxBody/2)
	body := `{"schema":1,"pipelines":[{"name":"` + name + `","rules":[` + strings.Repeat(`{"name":""},`, 190) + `{"name":""}]}]}`
	s := retry.Stored{Rev: 1, Hash: hashOf(body), Body: body}
	var terms retry.Terms
	n := allocated(func() {
		var err error
		if terms, err = NewBook(defaults).Terms(arn, &s); err != nil {
			t.Fatal(err)
		}
	})
	if n > 4<<20 {
		t.Errorf("%d bytes for a policy of %d", n, len(body))
	}
	if fault := plaintexttest.Fault(terms.Problem, maxProblem+40); terms.Problem == "" || fault != "" {
		t.Errorf("the problem %q %s", terms.Problem, fault)
	}
}

// TestHostileProblems: what keeps a policy from being taken is told in one line.
func TestHostileProblems(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		quoted, err := json.Marshal(text[:min(len(text), 4000)])
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range []string{
			text, `{"schema":1,` + string(quoted) + `:1}`, `{"schema":1,"mode":` + string(quoted) + `}`, `{"schema":1,"pipelines":[{"name":` + string(quoted) + `}]}`,
			`{"schema":1,"rules":[{"name":` + string(quoted) + `,"verdict":` + string(quoted) + `}]}`, `{"schema":1,"expire_after":` + string(quoted) + `}`,
		} {
			for _, s := range []retry.Stored{{Rev: 1, Hash: hashOf(body), Body: body}, {Rev: 1, Hash: text, Body: body}, {Rev: 1, Fault: text}, {Rev: 1, Hash: "x", Body: body, Before: body}} {
				terms, err := NewBook(defaults).Terms(arn, &s)
				told := terms.Problem
				if err != nil {
					told = err.Error()
				}
				if fault := plaintexttest.Fault(told, maxProblem+200); told == "" || fault != "" {
					t.Errorf("%s: %q %s", name, told, fault)
				}
			}
		}
	}
}

// TestWorkIsLinear: what a policy of the largest size costs per failure grows with
// the text that it is held against, and no faster.
func TestWorkIsLinear(t *testing.T) {
	for name, pattern := range map[string]string{"stars": strings.Repeat("a*", 400) + "b", "words": strings.Repeat("a ", 400)} {
		var rules []string
		for i := range 15 {
			rules = append(rules, fmt.Sprintf(`{"name":"r%d","verdict":"stop","when":{"message":%q}}`, i, pattern))
		}
		body := `{"schema":1,"rules":[` + strings.Join(rules, ",") + `]}`
		d, err := Decode(body, hashOf(body))
		if err != nil {
			t.Fatal(err)
		}
		p := NewFrom(defaults, d, hashOf(body))
		judged := func(size int) uint64 {
			c := failure(cause.ServiceFault, cause.Transient)
			c.Message = strings.Repeat("a", size)
			return allocated(func() { p.Decide(c) })
		}
		if small, large := judged(2<<10), judged(8<<10); large > 5*small+64<<10 {
			t.Errorf("%s: %d bytes for 8 KB, %d for 2 KB", name, large, small)
		}
	}
}

// allocated is how many bytes a call allocates, the least of three times.
func allocated(do func()) uint64 {
	least := ^uint64(0)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		do()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}
