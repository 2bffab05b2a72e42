package policy

import (
	"fmt"
	"strings"

	"mulligan/internal/retry"
)

// whose says what the status before tells of who ended it.
func whose(previous string) string {
	if previous == "" {
		return "nothing says that somebody was stopping it"
	}
	return "it failed out of the status " + previous
}

func cameBack(repeats int) string {
	if repeats == 0 {
		return "it has not come back after a retry"
	}
	return "it has come back " + nTimes(repeats)
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

// String writes a range as policy files do.
func (r Range) String() string {
	switch {
	case r.From == r.To:
		return fmt.Sprint(r.From)
	case r.To == 0:
		return fmt.Sprintf("%d or later", r.From)
	case r.From == 0:
		return fmt.Sprintf("up to %d", r.To)
	default:
		return fmt.Sprintf("%d to %d", r.From, r.To)
	}
}

// String writes a span of ages.
func (a Ages) String() string {
	switch {
	case a.To == 0:
		return fmt.Sprintf("%s or longer", whole(a.From))
	case a.From == 0:
		return fmt.Sprintf("less than %s", whole(a.To))
	default:
		return fmt.Sprintf("%s to %s", whole(a.From), whole(a.To))
	}
}

// oneOf lists alternatives.
func oneOf[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = string(one)
	}
	return strings.Join(words, " or ")
}

func list(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

func reruns(steps []retry.Rerun) string {
	var names []string
	for _, s := range steps {
		names = append(names, s.Name+" ("+orUnknown(s.Type)+")")
	}
	return list(names)
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func times(n int) string {
	if n == Unlimited {
		return "any number"
	}
	return fmt.Sprint(n)
}

func nTimes(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// balances tells how much each bucket holds.
func balances(buckets []retry.Bucket, c retry.Case) string {
	var all []string
	for _, b := range buckets {
		all = append(all, fmt.Sprintf("%s %d of %d per %s", b.Name, b.Left(c.Full[b.Key], c.Now), b.Size, b.Per))
	}
	return strings.Join(all, ", ")
}
