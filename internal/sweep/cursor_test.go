package sweep

import (
	"testing"
	"time"
)

func TestNextRound(t *testing.T) {
	old := dawn.Add(-expireAfter)
	for name, test := range map[string]struct {
		kept    cursor
		lists   bool
		want    round
		resumed bool
	}{
		"nothing kept": {cursor{}, false, round{Start: dawn, Full: true, Since: old}, false},
		"ordinary, with an overlap": {
			cursor{Done: dawn.Add(-every), Full: dawn.Add(-50 * time.Minute)}, false,
			round{Start: dawn, Since: dawn.Add(-every - overlap)}, false,
		},
		"full again after an hour": {
			cursor{Done: dawn.Add(-every), Full: dawn.Add(-time.Hour)}, false, round{Start: dawn, Full: true, Since: old}, false,
		},
		"after a long silence, never before it is too old": {
			cursor{Done: dawn.Add(-7 * expireAfter), Full: dawn.Add(-59 * time.Minute)}, false, round{Start: dawn, Since: old}, false,
		},
		"one under way": {
			cursor{Full: dawn.Add(-2 * time.Hour), Round: round{Start: dawn.Add(-every), Full: true, Since: dawn.Add(-time.Hour)}}, false,
			round{Start: dawn.Add(-every), Full: true, Since: dawn.Add(-time.Hour)}, true,
		},
		"one under way long ago": {
			cursor{Round: round{Start: dawn.Add(-48 * time.Hour), Since: dawn.Add(-49 * time.Hour)}}, false,
			round{Start: dawn.Add(-48 * time.Hour), Since: old}, true,
		},
		"one by search under way, and refused": {
			cursor{Refused: dawn, Full: dawn.Add(-every), Round: round{Start: dawn.Add(-every), Since: dawn.Add(-time.Hour)}}, true,
			round{Start: dawn, Lists: true, Since: old}, false,
		},
		"the search works again": {
			cursor{Refused: dawn.Add(-time.Hour), Done: dawn.Add(-every), Full: dawn.Add(-every), Round: round{Start: dawn, Lists: true, Pipeline: "p"}},
			false, round{Start: dawn, Full: true, Since: old}, false,
		},
	} {
		got, resumed := test.kept.next(dawn, test.lists, expireAfter)
		if test.lists {
			got.Since = old // of no use there
		}
		if got != test.want || resumed != test.resumed {
			t.Errorf("%s: got %+v, resumed %t; want %+v, %t", name, got, resumed, test.want, test.resumed)
		}
	}
}

func TestCompleted(t *testing.T) {
	full := dawn.Add(-30 * time.Minute)
	c := cursor{Full: full, Round: round{Start: dawn}}.completed()
	if want := (cursor{Done: dawn, Full: full}); c != want {
		t.Errorf("ordinary: got %+v, want %+v", c, want)
	}
	c = cursor{Full: full, Round: round{Start: dawn, Full: true}}.completed()
	if want := (cursor{Done: dawn, Full: dawn}); c != want {
		t.Errorf("full: got %+v, want %+v", c, want)
	}
}

func TestReadCursor(t *testing.T) {
	whole := cursor{
		Version: cursorVersion, Prefix: "churn-", Done: dawn, Full: dawn.Add(-time.Hour), Refused: dawn, Why: "denied",
		Round: round{Start: dawn, Full: true, Lists: true, Pipeline: "churn-b"},
	}
	fresh := cursor{Version: cursorVersion, Prefix: "churn-"}
	for name, test := range map[string]struct {
		kept, prefix string
		now          time.Time
		want         cursor
	}{
		"as it was kept":     {whole.String(), "churn-", dawn.Add(time.Minute), whole},
		"nothing":            {"", "churn-", dawn, fresh},
		"nonsense":           {`{"version":1,"done":"yesterday"}`, "churn-", dawn, fresh},
		"another version":    {`{"version":2,"prefix":"churn-","done":"2026-05-04T06:00:00Z"}`, "churn-", dawn, fresh},
		"another prefix":     {whole.String(), "", dawn, cursor{Version: cursorVersion}},
		"clocks apart":       {whole.String(), "churn-", dawn.Add(-time.Minute), whole},
		"from the future":    {whole.String(), "churn-", dawn.Add(-time.Hour), fresh},
		"not an object even": {`[1]`, "churn-", dawn, fresh},
	} {
		if got := readCursor(test.kept, test.prefix, test.now); got != test.want {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

func TestSearches(t *testing.T) {
	for name, test := range map[string]struct {
		refused time.Time
		want    bool
	}{
		"never refused":         {time.Time{}, true},
		"refused an hour ago":   {dawn.Add(-time.Hour), true},
		"refused a little less": {dawn.Add(-time.Hour + time.Second), false},
	} {
		if got := (cursor{Refused: test.refused}).searches(dawn); got != test.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}
