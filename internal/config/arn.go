package config

import (
	"strings"

	"mulligan/internal/retry"
)

// An arn is a text of the form arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE,
// taken apart.
type arn struct {
	text, partition, service, region, account, resource string
}

// parseARN answers the zero value for anything else.
func parseARN(text string) arn {
	part := strings.SplitN(text, ":", 6)
	if len(part) != 6 || part[0] != "arn" || !strings.HasPrefix(part[1], "aws") || len(part[4]) != 12 ||
		!consistsOf(part[4], digits) || part[5] == "" || strings.ContainsAny(text, " \t\n*?") {
		return arn{}
	}
	return arn{text, part[1], part[2], part[3], part[4], part[5]}
}

func isRole(a arn) bool {
	return a.service == "iam" && a.region == "" && strings.HasPrefix(a.resource, "role/") && !strings.HasSuffix(a.resource, "/")
}

func isQueue(a arn) bool {
	return a.service == "sqs" && a.region != "" && consistsOf(a.resource, letters+digits+"_-")
}

// isAlias wants function:NAME:ALIAS: a schedule that named the function alone
// would go around the alias, and every deployment's version with it.
func isAlias(a arn) bool {
	part := strings.Split(a.resource, ":")
	return a.service == "lambda" && a.region != "" && len(part) == 3 && part[0] == "function" && part[1] != "" && part[2] != ""
}

// arn reads an ARN of the kind that is asked for. On a developer's machine the
// SAM CLI writes functions' ARNs for those of roles and queues, so any ARN will
// do there (AWS_SAM_LOCAL is documented as the sign of it).
func (e *env) arn(name, what string, kind func(arn) bool) arn {
	value, _ := e.lookup(name)
	local, _ := e.lookup("AWS_SAM_LOCAL")
	a := parseARN(value)
	if a.text == "" || local != "true" && !kind(a) {
		e.fault(name, value, what)
		return arn{}
	}
	return a
}

// home is the account and Region that Mulligan acts for: the Region is the one
// that Lambda runs it in, the account that of the retrier's alias. An alias
// of another Region is a fault, for every event would be ignored as foreign.
func (e *env) home(region, alias string) (retry.Home, string) {
	home := retry.Home{Region: strings.ToLower(e.region(region))}
	arn := e.arn(alias, "the ARN of the function's alias", isAlias)
	if arn.text != "" && home.Region != "" && arn.region != home.Region {
		e.fault(alias, arn.text, "an alias in the Region of "+region+", "+home.Region)
	}
	home.Partition, home.Account = arn.partition, arn.account
	return home, arn.text
}
