package ledger

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// operator is connect for a person's program.
func operator(t *testing.T, answers ...answer) (*Policies, *wire) {
	t.Helper()
	ledger, w := connect(t, answers...)
	return &Policies{Ledger: ledger, Client: ledger.Client.(*dynamodb.Client)}, w
}

// found is an answer to GetItem; pageOf to Query and Scan, with the last key of
// a page that is not the last.
func found(t *testing.T, it item) answer {
	t.Helper()
	return ok(fmt.Sprintf(`{"Item":%s}`, asJSON(t, it)))
}

func pageOf(t *testing.T, last item, all ...item) answer {
	t.Helper()
	var parts []string
	for _, it := range all {
		parts = append(parts, asJSON(t, it))
	}
	body := fmt.Sprintf(`{"Items":[%s]`, strings.Join(parts, ","))
	if last != nil {
		body += fmt.Sprintf(`,"LastEvaluatedKey":%s`, asJSON(t, last))
	}
	return ok(body + "}")
}

// lenient is the policy that follows strict.
func lenient() Version {
	const body = `{"schema":1,"description":"lenient"}`
	return Version{Hash: digest(body), Body: body, Source: "description: lenient\n", Author: "ben", Note: "more retries", At: noon.Add(time.Hour)}
}

func TestApplyOnTheWire(t *testing.T) {
	p, w := operator(t, ok(`{}`), ok(`{"Items":[]}`), ok(`{}`))
	got, err := p.Apply(t.Context(), lenient(), 0)
	want := lenient()
	want.Rev = 1
	if err != nil || got != want {
		t.Errorf("\n got %+v, error %v\nwant %+v", got, err, want)
	}
	w.asked(t, "GetItem", "Query", "TransactWriteItems")
	golden(t, "apply_first.json", w.calls[2].body)
}

func TestLaterApplyOnTheWire(t *testing.T) {
	p, w := operator(t, found(t, current(strict())), pageOf(t, nil, entry(strict())), ok(`{}`))
	got, err := p.Apply(t.Context(), lenient(), 3)
	if err != nil || got.Rev != 4 || got.Before != strict().Body {
		t.Errorf("got %+v, error %v", got, err)
	}
	golden(t, "apply_get.json", w.calls[0].body)
	golden(t, "apply_query.json", w.calls[1].body)
	golden(t, "apply_later.json", w.calls[2].body)
}

// The built-in policy is no item under a hash, and says so in so many words.
func TestBuiltInOnTheWire(t *testing.T) {
	p, w := operator(t, found(t, current(strict())), pageOf(t, nil, entry(strict())), ok(`{}`))
	if got, err := p.Apply(t.Context(), Version{Author: "ben", At: noon}, 3); err != nil || got.Rev != 4 {
		t.Errorf("got %+v, error %v", got, err)
	}
	golden(t, "apply_none.json", w.calls[2].body)
}

// A source that is not known does not take the place of one that is.
func TestApplyWithoutSource(t *testing.T) {
	bare := lenient()
	bare.Source = ""
	p, w := operator(t, ok(`{}`), ok(`{"Items":[]}`), ok(`{}`))
	if _, err := p.Apply(t.Context(), bare, 0); err != nil {
		t.Fatal(err)
	}
	if sent := w.calls[2].body; strings.Contains(sent, attrSource) || !strings.Contains(sent, `"SET #schema = :schema, #body = :body"`) {
		t.Errorf("got %s", sent)
	}
}

// Where somebody removed what stood, the revs of history are not written again.
func TestRevsCountOn(t *testing.T) {
	broken := entry(strict())
	delete(broken, attrSchema)
	p, _ := operator(t, ok(`{}`), pageOf(t, nil, broken), ok(`{}`))
	if got, err := p.Apply(t.Context(), lenient(), 0); err != nil || got.Rev != 4 {
		t.Errorf("got %+v, error %v, want rev 4", got, err)
	}
}

func TestApplyRefusedOnTheWire(t *testing.T) {
	moved := strict()
	moved.Rev, moved.Author = 4, "carl"
	tests := []struct {
		name  string
		after []answer // the two reads
		calls []string
		want  string
	}{
		{"what stands is shown", []answer{cancelled(failedBy(asJSON(t, current(moved))), none, none)}, []string{"TransactWriteItems"}, "now rev 4 stands, applied by carl"},
		{"what stands is not shown", []answer{cancelled(failed, none, none), found(t, current(moved))}, []string{"TransactWriteItems", "GetItem"}, "now rev 4 stands, applied by carl"},
		{"nothing stands", []answer{cancelled(failed, none, none), ok(`{}`)}, []string{"TransactWriteItems", "GetItem"}, "now rev 0 stands"},
		{"the rev is in history", []answer{cancelled(none, failed, none), found(t, current(moved))}, []string{"TransactWriteItems", "GetItem"}, "now rev 4 stands"},
		{"after a conflict", []answer{cancelled(conflict, none, none), cancelled(failedBy(asJSON(t, current(moved))), none, none)},
			[]string{"TransactWriteItems", "TransactWriteItems"}, "now rev 4 stands"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := []answer{found(t, current(strict())), pageOf(t, nil, entry(strict()))}
			p, w := operator(t, append(before, test.after...)...)
			got, err := p.Apply(t.Context(), lenient(), 3)
			if !errors.Is(err, ErrPolicyMoved) || got != (Version{}) {
				t.Errorf("got %+v, error %v, want %v", got, err, ErrPolicyMoved)
			}
			fails(t, err, "rev 3 was seen", test.want)
			w.asked(t, append([]string{"GetItem", "Query"}, test.calls...)...)
		})
	}
}

// Tries after a conflict are one write.
func TestApplyTriesWithOneToken(t *testing.T) {
	p, w := operator(t, ok(`{}`), ok(`{"Items":[]}`), cancelled(none, none, conflict), refusal("TransactionInProgressException"), ok(`{}`))
	if _, err := p.Apply(t.Context(), lenient(), 0); err != nil {
		t.Fatal(err)
	}
	w.calls = w.calls[2:]
	tokens(t, w, 3)
}

func TestStaleOrImpossibleApplyIsNotSent(t *testing.T) {
	p, w := operator(t, found(t, current(strict())))
	if _, err := p.Apply(t.Context(), lenient(), 2); !errors.Is(err, ErrPolicyMoved) {
		t.Errorf("stale: got error %v, want %v", err, ErrPolicyMoved)
	}
	w.asked(t, "GetItem")
	p, w = operator(t)
	_, err := p.Apply(t.Context(), Version{Body: "{}", At: noon}, 0)
	fails(t, err, "apply policy: expected the hash of the compiled policy")
	w.asked(t)
}

func TestCurrentOnTheWire(t *testing.T) {
	p, w := operator(t, found(t, current(strict())), found(t, kept(strict(), nil)))
	if got, err := p.Current(t.Context()); err != nil || got != strict() {
		t.Errorf("\n got %+v, error %v\nwant %+v", got, err, strict())
	}
	w.asked(t, "GetItem", "GetItem")
	golden(t, "current_source.json", w.calls[1].body)
	p, w = operator(t, ok(`{}`))
	if got, err := p.Current(t.Context()); err != nil || got != (Version{}) {
		t.Errorf("of none: got %+v, error %v", got, err)
	}
	w.asked(t, "GetItem")
}

func TestOperatorErrors(t *testing.T) {
	denied := refusal("AccessDeniedException")
	none, empty := ok(`{}`), ok(`{"Items":[]}`)
	for name, test := range map[string]struct {
		call    func(*Policies) error
		answers []answer
		want    string
	}{
		"current":   {func(p *Policies) error { _, err := p.Current(t.Context()); return err }, []answer{denied}, "dynamodb:GetItem on table Ledger is not allowed"},
		"source":    {func(p *Policies) error { _, err := p.Current(t.Context()); return err }, []answer{found(t, current(strict())), denied}, "dynamodb:GetItem on table Ledger is not allowed"},
		"history":   {func(p *Policies) error { _, err := p.History(t.Context(), 9); return err }, []answer{denied}, "dynamodb:Query on table Ledger is not allowed"},
		"by hash":   {func(p *Policies) error { _, err := p.ByHash(t.Context(), "ab"); return err }, []answer{denied}, "dynamodb:Query on table Ledger is not allowed"},
		"trails":    {func(p *Policies) error { _, err := p.Trails(t.Context(), churn); return err }, []answer{denied}, "dynamodb:Query on table Ledger is not allowed"},
		"decisions": {func(p *Policies) error { _, _, err := p.Decisions(t.Context(), 9); return err }, []answer{denied}, "dynamodb:Scan on table Ledger is not allowed"},
		"no table": {func(p *Policies) error { _, _, err := p.Decisions(t.Context(), 9); return err },
			[]answer{refusal("ResourceNotFoundException")}, "dynamodb:Scan: table Ledger does not exist"},
		"apply, to read":         {func(p *Policies) error { _, err := p.Apply(t.Context(), lenient(), 0); return err }, []answer{denied}, "dynamodb:GetItem on table Ledger is not allowed"},
		"apply, to ask history":  {func(p *Policies) error { _, err := p.Apply(t.Context(), lenient(), 0); return err }, []answer{none, denied}, "dynamodb:Query on table Ledger is not allowed"},
		"apply, to write":        {func(p *Policies) error { _, err := p.Apply(t.Context(), lenient(), 0); return err }, []answer{none, empty, denied}, "dynamodb:UpdateItem and dynamodb:ConditionCheckItem) on table Ledger is not allowed"},
		"apply, to read it anew": {func(p *Policies) error { _, err := p.Apply(t.Context(), lenient(), 0); return err }, []answer{none, empty, cancelled(failed, `{"Code":"None"}`, `{"Code":"None"}`), denied}, "dynamodb:GetItem on table Ledger is not allowed"},
		"a damaged policy":       {func(p *Policies) error { _, err := p.ByHash(t.Context(), "ab"); return err }, []answer{pageOf(t, nil, policyKey(hashSK+"abc"))}, "policy abc: its schema is not a number"},
		"a damaged trail":        {func(p *Policies) error { _, err := p.Trails(t.Context(), churn); return err }, []answer{pageOf(t, nil, item{"used": text("x")})}, "expected a trail of schema 1"},
	} {
		t.Run(name, func(t *testing.T) {
			p, w := operator(t, test.answers...)
			fails(t, test.call(p), test.want)
			if len(w.calls) != len(test.answers) {
				t.Errorf("got %d calls, want %d", len(w.calls), len(test.answers))
			}
		})
	}
}

func TestHistoryByPages(t *testing.T) {
	older := strict()
	older.Rev = 2
	p, w := operator(t, pageOf(t, policyKey(entrySK(3)), entry(strict())), pageOf(t, policyKey(entrySK(2)), entry(older)))
	got, err := p.History(t.Context(), 2)
	if err != nil || len(got) != 2 || got[0].Rev != 3 || got[1].Rev != 2 {
		t.Errorf("got %+v, error %v", got, err)
	}
	w.asked(t, "Query", "Query")
	golden(t, "history_rest.json", w.calls[1].body)
}

// trail is a decision as it is stored, at a second of the hour.
func trail(t *testing.T, second int) item {
	t.Helper()
	c := claim()
	c.Trail.At = noon.Add(time.Duration(second) * time.Second)
	it, err := newItem(trailKey(churn, second), c.Trail, noon)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func TestDecisionsByPages(t *testing.T) {
	newer := trail(t, 9)
	newer[attrSchema] = number(2)
	damaged := trail(t, 8)
	damaged["used"] = text("x")
	tests := []struct {
		name string
		most int
		odd  []item
		want []int
		more bool
	}{
		{"all", 5, nil, []int{1, 2, 3, 4, 5}, false},
		{"the last two", 2, nil, []int{4, 5}, true},
		{"the last one", 1, nil, []int{5}, true},
		{"one of a newer build", 5, []item{newer}, []int{1, 2, 3, 4, 5}, true},
		{"one that is damaged", 9, []item{damaged}, []int{1, 2, 3, 4, 5}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, w := operator(t, pageOf(t, trailKey(churn, 3), trail(t, 5), trail(t, 3)), pageOf(t, trailKey(churn, 7)),
				pageOf(t, nil, append(test.odd, trail(t, 4), trail(t, 1), trail(t, 2))...))
			trails, more, err := p.Decisions(t.Context(), test.most)
			var got []int
			for _, trail := range trails {
				got = append(got, int(trail.At.Sub(noon)/time.Second))
			}
			if err != nil || more != test.more || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, more %t, error %v; want %v, more %t", got, more, err, test.want, test.more)
			}
			w.asked(t, "Scan", "Scan", "Scan")
			golden(t, "decisions_rest.json", w.calls[2].body)
		})
	}
}

// A table without end is cut, and an execution's trails are all or an error.
func TestPagesAreBounded(t *testing.T) {
	p, w := operator(t)
	for range maxPages + 1 {
		w.answers = append(w.answers, pageOf(t, trailKey(churn, 1), trail(t, 1)))
	}
	trails, more, err := p.Decisions(t.Context(), 1000)
	if err != nil || len(trails) != maxPages || !more || len(w.calls) != maxPages {
		t.Errorf("decisions: got %d, more %t, error %v, after %d calls", len(trails), more, err, len(w.calls))
	}
	w.calls = nil
	got, err := p.Trails(t.Context(), churn)
	fails(t, err, "dynamodb:Query on table Ledger: more than 100 pages of decision# in execution#")
	if got != nil || len(w.calls) != maxPages {
		t.Errorf("trails: got %d beside the error, after %d calls", len(got), len(w.calls))
	}
}
