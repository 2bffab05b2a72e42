package awstest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"sync"
)

// Accounts are several accounts, or one in several Regions, behind one address:
// one emulator serves them all, so its functions know one endpoint only. Each
// request goes to the account that its signature names: by the Region, and by
// the access key where that is an account's number (twelve digits), as it is
// where no IAM hands out keys. Any other access key fits the one account of the
// Region. The zero value has no account.
//
// A request that no account takes is refused and remembered, see
// [Accounts.Violations].
type Accounts struct {
	mu         sync.Mutex
	accounts   []*Account
	violations []string
}

// Add adds an account. It panics where one of that number and Region is there.
func (s *Accounts) Add(a *Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number, region := a.place()
	for _, other := range s.accounts {
		if n, r := other.place(); n == number && r == region {
			panic(fmt.Sprintf("awstest: account %s was added twice in %s", number, region))
		}
	}
	s.accounts = append(s.accounts, a)
}

// ServeHTTP hands one request to the account that it is for.
func (s *Accounts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in, _ := route(r) // for the shape of an error: the account routes it itself
	signed, refused := in.signature(r)
	if refused == nil {
		if a := s.of(signed); a != nil {
			a.ServeHTTP(w, r)
			return
		}
		refused = in.refuseKey()
	}
	s.mu.Lock()
	s.violations = append(s.violations, fmt.Sprintf("%s: no account for access key %q in Region %q: %s",
		in.Op, signed.caller.AccessKey, signed.region, refused.message))
	s.mu.Unlock()
	refused.write(w)
}

// accountNumber is the access key that names its account.
var accountNumber = regexp.MustCompile(`^[0-9]{12}$`)

// of is the account that a signature is for, or nil where none is, or where
// several could be meant.
func (s *Accounts) of(signed signature) *Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*Account
	for _, a := range s.accounts {
		number, region := a.place()
		named := accountNumber.MatchString(signed.caller.AccessKey)
		if region == signed.region && (!named || number == signed.caller.AccessKey) {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// Violations are the requests that no account took; those that one took are in
// its own, see [Account.Violations].
func (s *Accounts) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}
