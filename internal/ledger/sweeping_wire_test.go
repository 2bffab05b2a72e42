package ledger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mulligan/internal/awscall"
	"mulligan/internal/retry"
)

// sweep connects a sweep to a stand-in with the answers.
func sweep(t *testing.T, answers ...answer) (*Sweeping, *wire) {
	t.Helper()
	ledger, w := connect(t, answers...)
	return &Sweeping{Ledger: ledger, Client: ledger.Client.(*dynamodb.Client)}, w
}

// due is the claim of the tests as the index shows it.
func due(t *testing.T) (item, retry.Open) {
	t.Helper()
	it, _, err := items(claim())
	if err != nil {
		t.Fatal(err)
	}
	entry := item{}
	for _, name := range []string{attrPK, attrSK, attrOpen, attrOrder, attrDue, attrExecution} {
		entry[name] = it[name]
	}
	at := noon.Add(5 * time.Minute)
	return entry, retry.Open{Execution: churn, Standing: retry.StandsClaimed, Order: at, Due: at}
}

func TestOpenOnTheWire(t *testing.T) {
	it, want := due(t)
	key := item{attrPK: it[attrPK], attrSK: it[attrSK], attrOpen: it[attrOpen], attrOrder: it[attrOrder]}
	s, w := sweep(t, pageOf(t, key, it), pageOf(t, nil))
	open, next, err := s.Open(t.Context(), retry.StandsClaimed, "")
	if err != nil || next == "" || !reflect.DeepEqual(open, []retry.Open{want}) {
		t.Fatalf("got %+v, next %q, error %v; want %+v", open, next, err, want)
	}
	open, next, err = s.Open(t.Context(), retry.StandsClaimed, next)
	if err != nil || next != "" || len(open) != 0 {
		t.Errorf("second page: got %+v, next %q, error %v", open, next, err)
	}
	w.asked(t, "Query", "Query")
	golden(t, "open.json", w.calls[0].body)
	golden(t, "open_rest.json", w.calls[1].body)
}

// An entry that is damaged is gone for all the same, as long as it names an
// execution; the record itself decides.
func TestDamagedEntries(t *testing.T) {
	tests := []struct {
		name   string
		damage func(item)
		want   func(*retry.Open) // nil: left out
	}{
		{"no spelling", func(it item) { delete(it, attrExecution) }, func(o *retry.Open) {
			o.Execution = retry.ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "churn", ID: "run1"}
		}},
		{"no due time", func(it item) { delete(it, attrDue) }, func(o *retry.Open) { o.Due = time.Time{} }},
		{"an order that is none", func(it item) { it[attrOrder] = text("soon") }, func(o *retry.Open) { o.Order = time.Time{} }},
		{"something else", func(it item) { it[attrPK], it[attrExecution] = text("x"), number(1) }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			it, open := due(t)
			test.damage(it)
			var want []retry.Open
			if test.want != nil {
				test.want(&open)
				want = append(want, open)
			}
			s, _ := sweep(t, pageOf(t, nil, it))
			if got, _, err := s.Open(t.Context(), retry.StandsClaimed, ""); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, error %v; want %+v", got, err, want)
			}
		})
	}
}

// invalidly is DynamoDB's answer to a request that it does not take.
func invalidly(message string) answer {
	return answer{status: http.StatusBadRequest, body: fmt.Sprintf(`{"__type":"com.amazon.coral.validate#ValidationException","message":%q}`, message)}
}

func TestOpenErrors(t *testing.T) {
	tests := []struct {
		name    string
		given   answer
		page    string
		noIndex bool
		want    string
	}{
		{"no index", invalidly("The table does not have the specified index: open"), "", true,
			"dynamodb:Query on table Ledger: the table has no index of its open records yet: give it a global secondary index named open"},
		{"index in the making", invalidly("Cannot read from backfilling global secondary index: open"), "", true, "no index of its open records yet"},
		{"invalid otherwise", invalidly("The provided starting key is invalid"), "", false, "dynamodb:Query on index open of table Ledger: "},
		{"access denied", refusal("AccessDeniedException"), "", false, "dynamodb:Query on index open of table Ledger is not allowed"},
		{"missing table", refusal("ResourceNotFoundException"), "", false, "index open of table Ledger does not exist"},
		{"a page of nobody's", ok(`{}`), "seven", false, `expected a page of the open records, got "seven"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, _ := sweep(t, test.given)
			open, next, err := s.Open(t.Context(), retry.StandsParked, test.page)
			fails(t, err, test.want)
			if errors.Is(err, ErrNoIndex) != test.noIndex || open != nil || next != "" {
				t.Errorf("got %+v, next %q, error %v; want ErrNoIndex %t", open, next, err, test.noIndex)
			}
		})
	}
}

// many are that many executions.
func many(n int) []retry.ExecutionARN {
	all := make([]retry.ExecutionARN, n)
	for i := range all {
		all[i] = churn
		all[i].ID = fmt.Sprintf("Run%d", i+1)
	}
	return all
}

func TestKnownInBatches(t *testing.T) {
	newer := `{"pk":{"S":"execution#` + many(2)[1].Key() + `"},"sk":{"S":"record"},"schema":{"N":"2"}}`
	s, w := sweep(t, responses(standing(t, 7), newer), responses())
	known, unreadable, err := s.Known(t.Context(), append(many(101), many(3)...))
	if err != nil || len(known) != 1 || known[churn.Key()].Rev != 7 || !reflect.DeepEqual(unreadable, many(2)[1:]) {
		t.Errorf("got %+v, unreadable %v, error %v", known, unreadable, err)
	}
	w.asked(t, "BatchGetItem", "BatchGetItem")
	golden(t, "known_rest.json", w.calls[1].body)
}

func TestCursorOnTheWire(t *testing.T) {
	newer := cursorItem("x")
	newer[attrSchema] = number(2)
	for name, test := range map[string]struct{ found, want string }{
		"none": {"", ""}, "kept": {asJSON(t, cursorItem("2026 e 7")), "2026 e 7"}, "of a newer build": {asJSON(t, newer), ""},
	} {
		s, w := sweep(t, responses(test.found))
		if got, err := s.Cursor(t.Context()); err != nil || got != test.want {
			t.Errorf("%s: got %q, error %v; want %q", name, got, err, test.want)
		}
		golden(t, "cursor.json", w.calls[0].body)
	}
	s, w := sweep(t, ok(`{}`))
	if err := s.KeepCursor(t.Context(), "2026 e 7"); err != nil {
		t.Error(err)
	}
	golden(t, "cursor_keep.json", w.calls[0].body)
}

func TestSweepErrors(t *testing.T) {
	denied := refusal("AccessDeniedException")
	short, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for name, test := range map[string]struct {
		call func(context.Context, *Sweeping) error
		want string
	}{
		"known": {func(ctx context.Context, s *Sweeping) error { _, _, err := s.Known(ctx, many(1)); return err }, readAction},
		"open": {func(ctx context.Context, s *Sweeping) error {
			_, _, err := s.Open(ctx, retry.StandsParked, "")
			return err
		}, queryAction},
		"cursor":      {func(ctx context.Context, s *Sweeping) error { _, err := s.Cursor(ctx); return err }, readAction},
		"keep cursor": {func(ctx context.Context, s *Sweeping) error { return s.KeepCursor(ctx, "x") }, updateAction},
	} {
		s, w := sweep(t, denied)
		fails(t, test.call(t.Context(), s), test.want+" on ", "table Ledger is not allowed")
		if err := test.call(short, s); !errors.Is(err, awscall.ErrNoTime) {
			t.Errorf("%s: got error %v, want %v", name, err, awscall.ErrNoTime)
		}
		if len(w.calls) != 1 {
			t.Errorf("%s: got %d calls, want 1", name, len(w.calls))
		}
	}
}
