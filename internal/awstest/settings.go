package awstest

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"time"
)

// Settings are what of an account's Config its control side changes.
type Settings struct {
	Quotas       map[string]int `json:"quotas"`        // see Config; an order replaces all of them
	RunningLimit int            `json:"running_limit"` // see Config; 0: none
	Denied       []string       `json:"denied"`        // see Config; an order replaces all of them
	SearchLag    float64        `json:"search_lag"`    // see Unknowns; 0 to 86400 seconds
	// SearchRefusesFilter: see Unknowns.
	SearchRefusesFilter bool `json:"search_refuses_filter"`
	LoseEvents          int  `json:"lose_events"` // how many of the next status changes send no event
}

// Settings tells how the account is set.
func (a *Account) Settings() (s Settings) {
	a.do(func(time.Time) { s = a.settings() })
	return s
}

func (a *Account) settings() Settings {
	c := a.config
	s := Settings{
		Quotas: maps.Clone(c.Quotas), RunningLimit: c.RunningLimit, Denied: slices.Clone(c.Denied),
		SearchLag: c.Unknowns.SearchLag.Seconds(), SearchRefusesFilter: c.Unknowns.SearchRefusesFilter, LoseEvents: a.lost,
	}
	if s.Quotas == nil {
		s.Quotas = map[string]int{}
	}
	if s.Denied == nil {
		s.Denied = []string{}
	}
	return s
}

// Set sets the account: all of it, as the Settings say.
func (a *Account) Set(s Settings) { a.do(func(time.Time) { a.set(s) }) }

func (a *Account) set(s Settings) {
	c := &a.config
	c.Quotas, c.RunningLimit, c.Denied = maps.Clone(s.Quotas), s.RunningLimit, slices.Clone(s.Denied)
	c.Unknowns.SearchLag = time.Duration(s.SearchLag * float64(time.Second))
	c.Unknowns.SearchRefusesFilter, a.lost = s.SearchRefusesFilter, s.LoseEvents
}

// A settingsOrder has what changes; what is absent stays.
type settingsOrder struct {
	Quotas              map[string]int `json:"quotas"`
	RunningLimit        *int           `json:"running_limit"`
	Denied              []string       `json:"denied"`
	SearchLag           *float64       `json:"search_lag"`
	SearchRefusesFilter *bool          `json:"search_refuses_filter"`
	LoseEvents          *int           `json:"lose_events"`
}

func (o *settingsOrder) check() error {
	for name, n := range o.Quotas {
		if name == "" || len(name) > maxQuota || n < 0 || n > math.MaxInt32 {
			return fmt.Errorf("quotas: expected names of 1 to %d characters with a whole number that is not negative, got %.80q: %d", maxQuota, name, n)
		}
	}
	for _, op := range o.Denied {
		if known, ok := operations[op]; !ok || known.protocol != jsonRPC {
			return fmt.Errorf("denied: expected operations of SageMaker, such as Search, got %.80q", op)
		}
	}
	for field, n := range map[string]*int{"running_limit": o.RunningLimit, "lose_events": o.LoseEvents} {
		if deref(n) < 0 || deref(n) > math.MaxInt32 {
			return fmt.Errorf("%s: expected a whole number that is not negative, got %d", field, *n)
		}
	}
	if lag := deref(o.SearchLag); lag < 0 || lag > maxLasts {
		return fmt.Errorf("search_lag: expected seconds from 0 to %d, got %v", maxLasts, lag)
	}
	return nil
}

// over is what the settings become by the order.
func (o *settingsOrder) over(s Settings) Settings {
	if o.Quotas != nil {
		s.Quotas = o.Quotas
	}
	if o.Denied != nil {
		s.Denied = o.Denied
	}
	s.RunningLimit = *cmp.Or(o.RunningLimit, &s.RunningLimit)
	s.SearchLag = *cmp.Or(o.SearchLag, &s.SearchLag)
	s.SearchRefusesFilter = *cmp.Or(o.SearchRefusesFilter, &s.SearchRefusesFilter)
	s.LoseEvents = *cmp.Or(o.LoseEvents, &s.LoseEvents)
	return s
}

func (a *Account) orderSettings(w http.ResponseWriter, r *http.Request) {
	order := new(settingsOrder)
	if readOrder(w, r, order) {
		var now Settings
		a.do(func(time.Time) {
			a.set(order.over(a.settings()))
			now = a.settings()
		})
		tell(w, http.StatusOK, now)
	}
}

// A LateOrder asks the control side to send the events of an execution that were
// not sent when they were due, see Account.SendLate.
type LateOrder struct {
	ARN string `json:"arn"`
}

func (o *LateOrder) check() error { return checkARN(o.ARN) }

func (a *Account) orderLate(w http.ResponseWriter, r *http.Request) {
	order := new(LateOrder)
	if readOrder(w, r, order) {
		tell(w, http.StatusOK, map[string]int{"sent": a.SendLate(order.ARN)})
	}
}
