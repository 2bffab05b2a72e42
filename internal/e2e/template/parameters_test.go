//go:build e2e

package template

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mulligan/internal/config"
)

// taken are the parameters as they stand in the template, but for the words.
var taken = map[string]string{
	"Mode":                  `{"AllowedValues":["enforce","observe","off"],"Default":"enforce","Type":"String"}`,
	"PipelineNamePrefix":    `{"AllowedPattern":"([A-Za-z0-9][A-Za-z0-9-]*)?","Default":"","MaxLength":64,"Type":"String"}`,
	"MaxRetries":            `{"AllowedPattern":"([0-9]|[1-9][0-9]{1,2}|1000)","Default":"3","MaxLength":4,"Type":"String"}`,
	"PipelineRetriesPerDay": `{"AllowedPattern":"([1-9][0-9]{0,4}|100000)","Default":"20","MaxLength":6,"Type":"String"}`,
	"AccountRetriesPerHour": `{"AllowedPattern":"([1-9][0-9]{0,4}|100000)","Default":"60","MaxLength":6,"Type":"String"}`,
	"BackoffInterval":       `{"AllowedPattern":"` + fourWeeks + `","Default":"300","MaxLength":7,"Type":"String"}`,
	"BackoffMaxDelay":       `{"AllowedPattern":"` + fourWeeks + `","Default":"3600","MaxLength":7,"Type":"String"}`,
	"ExpireAfter":           `{"AllowedPattern":"` + fourWeeks + `","Default":"86400","MaxLength":7,"Type":"String"}`,
	"Architecture":          `{"AllowedValues":["arm64","x86_64"],"Default":"arm64","Type":"String"}`,
	"ReservedConcurrency":   `{"AllowedPattern":"([0-9]|[1-9][0-9]|100)","Default":"5","MaxLength":3,"Type":"String"}`,
	// What CloudWatch Logs takes (API_PutRetentionPolicy).
	"LogRetentionDays": `{"AllowedValues":["1","3","5","7","14","30","60","90","120","150","180","365","400","545","731","1096","1827","2192","2557","2922","3288","3653"],` +
		`"Default":"90","Type":"String"}`,
	"ProtectLedger":       `{"AllowedValues":["true","false"],"Default":"true","Type":"String"}`,
	"KeptLedger":          `{"AllowedPattern":"([A-Za-z0-9_.-]{3,77})?","Default":"","MaxLength":77,"Type":"String"}`,
	"PermissionsBoundary": `{"AllowedPattern":"(arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]+)?","Default":"","Type":"String"}`,
	"RolePath":            `{"AllowedPattern":"/([A-Za-z0-9+=,.@_-]+/)*","Default":"/","MaxLength":48,"Type":"String"}`,
	"AlarmTopicArn":       `{"AllowedPattern":"(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256})?","Default":"","Type":"String"}`,
}

const fourWeeks = `([1-9][0-9]{0,5}|1[0-9]{6}|2[0-3][0-9]{5}|240[0-9]{4}|241[0-8][0-9]{3}|2419[01][0-9]{2}|2419200)`

// numbers are what is a number, from least to most, and where the function reads it.
var numbers = []struct {
	parameter, variable string
	least, most         int
}{
	{"MaxRetries", "MAX_RETRIES", 0, 1000},
	{"PipelineRetriesPerDay", "PIPELINE_RETRIES_PER_DAY", 1, 100_000},
	{"AccountRetriesPerHour", "ACCOUNT_RETRIES_PER_HOUR", 1, 100_000},
	{"BackoffInterval", "BACKOFF_INTERVAL", 1, 2_419_200},
	{"BackoffMaxDelay", "BACKOFF_MAX_DELAY", 1, 2_419_200},
	{"ExpireAfter", "EXPIRE_AFTER", 1, 2_419_200},
	{"ReservedConcurrency", "", 0, 100}, // Lambda's to read.
}

// How the stack is told what it is to do.
var parameters = []check{
	{"parameters", func(t tree) (broken []string) {
		for _, name := range sorted(t["Parameters"].(tree)) {
			parameter := clone(at(t, "Parameters."+name).(tree))
			description, constraint := fmt.Sprint(parameter["Description"]), parameter["ConstraintDescription"]
			delete(parameter, "Description")
			delete(parameter, "ConstraintDescription")
			if got := show(parameter); got != taken[name] {
				broken = append(broken, fmt.Sprintf("%s: got %s, want %s", name, got, taken[name]))
			}
			// CloudFormation lists the allowed values by itself, and of a pattern says the pattern.
			if len(description) < 30 || (parameter["AllowedPattern"] != nil) != (constraint != nil) {
				broken = append(broken, name+" does not say what it is, or what it takes")
			}
			if at(t, "Metadata.AWS::CloudFormation::Interface.ParameterLabels."+name) == nil ||
				!strings.Contains(show(at(t, "Metadata.AWS::CloudFormation::Interface.ParameterGroups")), `"`+name+`"`) {
				broken = append(broken, name+" has no place in the console")
			}
		}
		if got := sorted(t["Parameters"].(tree)); !slices.Equal(got, sorted(taken)) {
			broken = append(broken, fmt.Sprintf("got %q, want %q", got, sorted(taken)))
		}
		return broken
	}},
	{"patterns", func(t tree) (broken []string) {
		for _, c := range spelled {
			if takes := patternOf(t, c.parameter).MatchString(c.value); takes != c.taken {
				broken = append(broken, fmt.Sprintf("%s=%q: taken %t, want %t", c.parameter, c.value, takes, c.taken))
			}
		}
		return broken
	}},
	{"numbers", func(t tree) (broken []string) {
		for _, n := range numbers {
			pattern := patternOf(t, n.parameter)
			for value, want := range map[string]bool{
				fmt.Sprint(n.least): true, fmt.Sprint(n.most): true, fmt.Sprint(n.least - 1): false, fmt.Sprint(n.most + 1): false,
				"": false, "00": false, "007": false, "+7": false, "7.0": false, "7.5": false, "7e1": false, " 7": false, "seven": false,
			} {
				if got := pattern.MatchString(value); got != want {
					broken = append(broken, fmt.Sprintf("%s=%q: taken %t, want %t", n.parameter, value, got, want))
				}
			}
			for _, words := range []string{"Description", "ConstraintDescription"} {
				text, _ := at(t, "Parameters."+n.parameter+"."+words).(string)
				if !strings.Contains(text, fmt.Sprintf(" %d to %d", n.least, n.most)) {
					broken = append(broken, fmt.Sprintf("%s: the %s does not say that it is %d to %d", n.parameter, words, n.least, n.most))
				}
			}
		}
		return broken
	}},
	{"what the function takes too", func(t tree) (broken []string) {
		for _, mode := range list(at(t, "Parameters.Mode.AllowedValues")) {
			if !functionTakes("MODE", mode.(string)) {
				broken = append(broken, fmt.Sprintf("the function does not take the mode %v", mode))
			}
		}
		for _, n := range numbers {
			for _, value := range []int{n.least - 1, n.least, n.most, n.most + 1} {
				text := fmt.Sprint(value)
				if n.variable != "" && functionTakes(n.variable, text) != patternOf(t, n.parameter).MatchString(text) {
					broken = append(broken, fmt.Sprintf("%s=%s: the template and the function disagree", n.parameter, text))
				}
			}
		}
		seconds, _ := at(t, "Mappings.Retrier.Timeout.Seconds").(string)
		if !functionTakes("FUNCTION_TIMEOUT", seconds) {
			broken = append(broken, "the function does not take the time-out "+seconds)
		}
		return broken
	}},
}

// patternOf is a parameter's pattern, which CloudFormation holds against the whole value.
func patternOf(t tree, parameter string) *regexp.Regexp {
	pattern, _ := at(t, "Parameters."+parameter+".AllowedPattern").(string)
	return regexp.MustCompile(`^(?:` + pattern + `)$`)
}

// deployed is an environment that the function starts with.
var deployed = map[string]string{
	"AWS_REGION": "eu-west-1", "MODE": "enforce", "LEDGER_TABLE": "ledger", "SCHEDULE_GROUP": "schedules",
	"SCHEDULE_TARGET_ARN": "arn:aws:lambda:eu-west-1:123456789012:function:mulligan-retrier:live",
	"SCHEDULE_ROLE_ARN":   "arn:aws:iam::123456789012:role/r", "DEAD_LETTERS_ARN": "arn:aws:sqs:eu-west-1:123456789012:q",
	"MAX_RETRIES": "3", "PIPELINE_RETRIES_PER_DAY": "20", "ACCOUNT_RETRIES_PER_HOUR": "60",
	"BACKOFF_INTERVAL": "300", "BACKOFF_MAX_DELAY": "3600", "EXPIRE_AFTER": "86400", "FUNCTION_TIMEOUT": "20",
}

// functionTakes tells whether the function starts in that environment with one
// variable set to this. It does with none changed, or no edge would be taken.
func functionTakes(variable, value string) bool {
	environment := maps.Clone(deployed)
	environment[variable] = value
	_, err := config.Read(func(name string) (string, bool) { v, set := environment[name]; return v, set })
	return err == nil
}

// TestEveryNumber writes out each number near and within the bounds.
func TestEveryNumber(t *testing.T) {
	template, done := expanded(t), map[string]bool{}
	for _, n := range numbers {
		pattern := patternOf(template, n.parameter)
		if done[pattern.String()] {
			continue
		}
		done[pattern.String()] = true
		for value := 0; value <= n.most+n.most/5; value++ {
			if got, want := pattern.MatchString(fmt.Sprint(value)), value >= n.least && value <= n.most; got != want {
				t.Fatalf("%s=%d: taken %t, want %t", n.parameter, value, got, want)
			}
		}
	}
}

// spelled are values that the patterns take or refuse.
var spelled = []struct {
	parameter, value string
	taken            bool
}{
	{"PipelineNamePrefix", "", true},
	{"PipelineNamePrefix", "churn-", true},
	{"PipelineNamePrefix", "Churn2", true},
	{"PipelineNamePrefix", "churn*", false},
	{"PipelineNamePrefix", "churn?", false},
	{"PipelineNamePrefix", "-churn", false},
	{"PipelineNamePrefix", "a/execution/", false},
	{"PipelineNamePrefix", "${AWS::Region}", false},
	{"PermissionsBoundary", "", true},
	{"PermissionsBoundary", "arn:aws:iam::123456789012:policy/boundaries/ml", true},
	{"PermissionsBoundary", "arn:aws-cn:iam::aws:policy/PowerUserAccess", true},
	{"PermissionsBoundary", "arn:aws:iam::123456789012:role/r", false},
	{"PermissionsBoundary", "PowerUserAccess", false},
	{"RolePath", "/", true},
	{"RolePath", "/ml/platform/", true},
	{"RolePath", "/ml", false},
	{"RolePath", "ml/", false},
	{"RolePath", "//", false},
	{"KeptLedger", "", true},
	{"KeptLedger", "mulligan-Ledger-1A2B3C4D5E6F", true},
	{"KeptLedger", "xy", false},
	{"KeptLedger", "table/ledger", false},
	{"KeptLedger", "*", false},
	{"AlarmTopicArn", "", true},
	{"AlarmTopicArn", "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ops", true},
	{"AlarmTopicArn", "arn:aws:sns:eu-west-1:123456789012:ops.fifo", false},
	{"AlarmTopicArn", "arn:aws:sqs:eu-west-1:123456789012:ops", false},
}
