//go:build e2e

package template

import (
	"fmt"
	"regexp"
	"strings"
)

// secret is how variables that hold one are called.
var secret = regexp.MustCompile(`(?i)secret|passw|token|api_?key|access_?key|private|credential|webhook`)

var environment = []check{
	{"no secret in the environment", func(t tree) (broken []string) {
		for id, function := range resources(t, "AWS::Lambda::Function") {
			variables, _ := at(function, "Properties.Environment.Variables").(tree)
			for name, value := range variables {
				text := show(value)
				switch {
				case secret.MatchString(name) || secret.MatchString(text):
					broken = append(broken, id+": "+name+" sounds like one")
				case strings.Contains(text, "{{resolve:"):
					broken = append(broken, id+": "+name+" is looked up elsewhere, and stands in the environment then")
				}
			}
		}
		for name, parameter := range t["Parameters"].(tree) {
			if at(parameter, "NoEcho") != nil || strings.HasPrefix(fmt.Sprint(at(parameter, "Type")), "AWS::SSM") {
				broken = append(broken, "parameter "+name+" holds one")
			}
		}
		return broken
	}},
	each("variables", "AWS::Lambda::Function", func(_ string, function tree) (broken []string) {
		got, _ := at(function, "Properties.Environment.Variables").(tree)
		for name, want := range variables {
			if show(got[name]) != want {
				broken = append(broken, fmt.Sprintf("%s: got %s, want %s", name, show(got[name]), want))
			}
		}
		for name, value := range got {
			endpoint := strings.HasPrefix(name, "AWS_ENDPOINT_URL") && show(value) == `{"Ref":"AWS::NoValue"}` // for `sam local` alone
			if variables[name] == "" && !endpoint {
				broken = append(broken, name+" is not known here")
			}
		}
		return broken
	}),
	{"a version for every change", func(t tree) (broken []string) {
		sub := at(t, "Resources."+versionOf(t)+".Properties.Description.Fn::Sub")
		described, _ := at(sub, "0").(string)
		// These two stand there as they reach the function: the table's name, made or kept, and the mapping's value.
		if want := `{"Table":` + theLedger + `,"Timeout":` + timeout + `}`; len(list(sub)) != 2 || show(at(sub, "1")) != want {
			broken = append(broken, fmt.Sprintf("got %s, want what is described and %s", show(sub), want))
		}
		// RolePath decides the roles' ARNs, which a version holds.
		for _, name := range append(parametersOf(t, "Retrier"), "RolePath", "Table", "Timeout") {
			// The first is the function's, not a version's; the second is Table.
			if name != "ReservedConcurrency" && name != "KeptLedger" && !strings.Contains(described, "${"+name+"}") {
				broken = append(broken, name+" reaches the function and not its version's description")
			}
		}
		if n := longest(t, described); n > 256 {
			broken = append(broken, fmt.Sprintf("the description can have %d characters, and Lambda allows 256", n))
		}
		return broken
	}},
	holds("how it runs",
		row{"AWS::Lambda::Function", "Properties.Runtime", `"provided.al2023"`},
		row{"AWS::Lambda::Function", "Properties.Handler", `"bootstrap"`},
		row{"AWS::Lambda::Function", "Properties.Architectures", `[{"Ref":"Architecture"}]`},
		row{"AWS::Lambda::Function", "Properties.MemorySize", "128"},
		row{"Retrier", "Properties.Timeout", timeout},
		row{"Sweeper", "Properties.Timeout", `{"Fn::FindInMap":["Sweeper","Timeout","Seconds"]}`},
		row{"Retrier", "Properties.Role", `{"Fn::GetAtt":["RetrierRole","Arn"]}`},
		row{"Sweeper", "Properties.Role", `{"Fn::GetAtt":["SweeperRole","Arn"]}`},
		row{"AWS::Lambda::Function", "Properties.RecursiveLoop", "null"}, // Some Regions refuse to be told, and where there is such detection it is on unless told.
		row{"Retrier", "Properties.LoggingConfig", `{"ApplicationLogLevel":"INFO","LogFormat":"JSON","LogGroup":{"Ref":"RetrierLogs"},"SystemLogLevel":"INFO"}`},
		row{"Sweeper", "Properties.LoggingConfig", `{"ApplicationLogLevel":"INFO","LogFormat":"JSON","LogGroup":{"Ref":"SweeperLogs"},"SystemLogLevel":"INFO"}`},
	),
	holds("reserved concurrency",
		row{"Sweeper", "Properties.ReservedConcurrentExecutions", "null"}, // Two sweeps at once do no harm, and one that finds no room is the next one's.
		row{"Retrier", "Properties.ReservedConcurrentExecutions", `{"Fn::If":["ReservesConcurrency",{"Ref":"ReservedConcurrency"},{"Ref":"AWS::NoValue"}]}`},
	),
}

const timeout = `{"Fn::FindInMap":["Retrier","Timeout","Seconds"]}`

// variables are those of both functions.
var variables = map[string]string{
	"LEDGER_TABLE": theLedger, "SCHEDULE_GROUP": `{"Ref":"Schedules"}`, "SCHEDULE_TARGET_ARN": aliasARN,
	"SCHEDULE_ROLE_ARN": wakerARN, "DEAD_LETTERS_ARN": queueARN,
	"MODE": `{"Ref":"Mode"}`, "PIPELINE_NAME_PREFIX": `{"Ref":"PipelineNamePrefix"}`,
	"MAX_RETRIES": `{"Ref":"MaxRetries"}`, "PIPELINE_RETRIES_PER_DAY": `{"Ref":"PipelineRetriesPerDay"}`,
	"ACCOUNT_RETRIES_PER_HOUR": `{"Ref":"AccountRetriesPerHour"}`,
	"BACKOFF_INTERVAL":         `{"Ref":"BackoffInterval"}`, "BACKOFF_MAX_DELAY": `{"Ref":"BackoffMaxDelay"}`,
	"EXPIRE_AFTER": `{"Ref":"ExpireAfter"}`, "FUNCTION_TIMEOUT": timeout,
}

func versionOf(t tree) string {
	for id := range resources(t, "AWS::Lambda::Version") {
		return id
	}
	return ""
}

// parametersOf are those that a resource's properties refer to.
func parametersOf(t tree, id string) (names []string) {
	text := show(at(t, "Resources."+id+".Properties"))
	for _, name := range sorted(t["Parameters"].(tree)) {
		if strings.Contains(text, `{"Ref":"`+name+`"}`) || strings.Contains(text, "${"+name+"}") {
			names = append(names, name)
		}
	}
	return names
}

// longest is how many characters a version's description has at most, every parameter at its longest value.
func longest(t tree, text string) int {
	return len(regexp.MustCompile(`\$\{(\w+)\}`).ReplaceAllStringFunc(text, func(reference string) string {
		name := strings.Trim(reference, "${}")
		switch name {
		case "Timeout":
			return fmt.Sprint(at(t, "Mappings.Retrier.Timeout.Seconds"))
		case "Table":
			name = "KeptLedger" // Its bound is also that of the names that CloudFormation makes.
		}
		n := 0
		for _, value := range list(at(t, "Parameters."+name+".AllowedValues")) {
			n = max(n, len(fmt.Sprint(value)))
		}
		if value, ok := at(t, "Parameters."+name+".MaxLength").(float64); ok {
			n = int(value)
		}
		if n == 0 {
			n = 1000 // Nothing bounds it.
		}
		return strings.Repeat("x", n)
	}))
}
