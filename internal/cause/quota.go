package cause

import "strings"

// quota is the arithmetic in a refusal: "The account-level service limit
// 'ml.p3.2xlarge for training job usage' is 2 Instances, with current
// utilization of 2 Instances and a request delta of 1 Instances." A number
// that is not stated is -1.
type quota struct {
	name                string
	limit, used, wanted int
}

// maxQuotas bounds how many quotas are read from one text.
const maxQuotas = 8

// readQuotas reads all quotas stated in low and returns where the first one
// starts.
func readQuotas(low string) (all []quota, at int) {
	at = -1
	for from := 0; len(all) < maxQuotas; {
		i, ok := nextQuota(low[from:])
		if !ok {
			break
		}
		if at < 0 {
			at = from + i
		}
		from += i + len("account-level ")
		all = append(all, readQuota(quotaText(low[from:])))
	}
	return all, max(at, 0)
}

// quotaMarks start a quota's sentence.
var quotaMarks = []string{"account-level service limit", "account-level service quota", "account level service limit", "account- service limit"}

func nextQuota(low string) (int, bool) { return findAny(low, rulebook().quotas) }

// quotaText bounds one quota's sentence at the start of the next.
func quotaText(low string) string {
	if i, ok := nextQuota(low); ok {
		low = low[:i]
	}
	return low[:min(len(low), 512)]
}

func readQuota(low string) quota {
	name, rest, _ := strings.Cut(low, " is ")
	return quota{
		name:   name,
		limit:  leadingInt(rest),
		used:   intAfter(rest, "utilization of "),
		wanted: intAfter(rest, "request delta of "),
	}
}

func intAfter(s, words string) int {
	_, rest, ok := strings.Cut(s, words)
	if !ok {
		return -1
	}
	return leadingInt(rest)
}

// leadingInt reads the number at the start of s, with or without thousands
// separators; -1 if there is none. Ten digits are more than any quota needs.
func leadingInt(s string) int {
	n, digits := 0, 0
	for i := 0; i < len(s) && digits < 10; i++ {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			n, digits = n*10+int(c-'0'), digits+1
		case c == ',' && digits > 0 && i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9':
		default:
			i = len(s)
		}
	}
	if digits == 0 {
		return -1
	}
	return n
}

// never reports whether no amount of waiting lets the request in: the limit is
// nought, or less than the request alone. Utilization does not matter then.
func (q quota) never() bool {
	return q.limit == 0 || q.limit > 0 && q.wanted > q.limit
}

// kept reports whether what uses the quota stays until somebody removes it:
// counts of pipelines, models, projects and the like.
func (q quota) kept() bool {
	return speaksOf(q.name, "number of") && !speaksOf(q.name, "instances") && !q.perJob()
}

// held reports whether what uses the quota may stay for good or may go:
// endpoints, notebooks, applications.
func (q quota) held() bool {
	return !q.perJob() || speaksOf(q.name, "endpoint~") || q.limit < 0
}

// perJob reports whether jobs use the quota, which end and so free it.
func (q quota) perJob() bool {
	return speaksOf(q.name, "job") || speaksOf(q.name, "jobs")
}

// speaksOf reports whether a phrase occurs in low.
func speaksOf(low, written string) bool {
	p := newPhrase(written)
	_, ok := p.find(low)
	return ok
}
