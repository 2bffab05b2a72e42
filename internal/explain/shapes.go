package explain

import (
	"fmt"
	"slices"
	"strings"
)

// The keys of AWS' answers that are read from here on, by what they hold (SageMaker
// API reference). Others are taken as they are: nothing reads them.
var (
	textKeys = []string{
		"PipelineArn", "PipelineExecutionArn", "PipelineExecutionDisplayName", "PipelineExecutionDescription", "PipelineExecutionStatus",
		"StepName", "StepDisplayName", "StepStatus", "FailureReason", "Arn", "ExitMessage", "SecondaryStatus",
		"TrainingJobName", "TrainingJobStatus", "ProcessingJobName", "ProcessingJobStatus", "TransformJobName", "TransformJobStatus",
		"InstanceType",
	}
	numberKeys = []string{"AttemptCount", "MaxParallelExecutionSteps"}
	listKeys   = []string{"PipelineExecutionSteps", "SecondaryStatusTransitions", "InstanceGroups"}
	objectKeys = []string{"Metadata", "ParallelismConfiguration", "TrainingJob", "ProcessingJob", "TransformJob",
		"ResourceConfig", "ProcessingResources", "ClusterConfig", "TransformResources"}
	// ownKeys hold maps with keys of the user's, which say nothing of their values.
	ownKeys = []string{"Environment", "HyperParameters"}
)

// shaped refuses what AWS' answer cannot hold in a place, and rewrites its times
// to seconds, as the protocol has them. The error names the place.
func shaped(value any, place string) error {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			if err := member(v, key, place+"."+key); err != nil {
				return err
			}
		}
	case []any:
		for i, inner := range v {
			if err := shaped(inner, fmt.Sprintf("%s[%d]", place, i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// member checks one key of an object, and what is in it.
func member(of map[string]any, key, place string) error {
	value := of[key]
	if value == nil || slices.Contains(ownKeys, key) {
		return nil
	}
	if strings.HasSuffix(key, "Time") { // the name of every time of SageMaker's
		seconds, ok := inSeconds(value)
		if !ok {
			return fmt.Errorf("%s: expected %s, got %s", place, aTime, shortJSON(value))
		}
		of[key] = seconds
		return nil
	}
	if expected := misfit(key, value); expected != "" {
		return fmt.Errorf("%s: expected %s, got %s", place, expected, shortJSON(value))
	}
	if key == "PipelineExecutionSteps" {
		if err := objects(value.([]any), place); err != nil {
			return err
		}
	}
	return shaped(value, place)
}

// misfit says what a key holds if the value is something else.
func misfit(key string, value any) string {
	_, isText := value.(string)
	number, isNumber := value.(float64)
	_, isList := value.([]any)
	_, isObject := value.(map[string]any)
	switch {
	case slices.Contains(textKeys, key) && !isText:
		return "a string"
	case slices.Contains(numberKeys, key) && (!isNumber || number != float64(int32(number))):
		return "a whole number"
	case slices.Contains(listKeys, key) && !isList:
		return "a list"
	case slices.Contains(objectKeys, key) && !isObject:
		return "an object"
	}
	return ""
}

// objects holds every item of a list to be an object.
func objects(list []any, place string) error {
	for i, item := range list {
		if _, ok := item.(map[string]any); !ok {
			return fmt.Errorf("%s[%d]: expected an object, got %s", place, i, shortJSON(item))
		}
	}
	return nil
}

// inSeconds is a time as the CLI writes it, in seconds since 1970.
func inSeconds(value any) (float64, bool) {
	t, ok := readStamp(encode(value))
	return float64(t.UnixMilli()) / 1000, ok
}

// shortJSON shows the beginning of a value.
func shortJSON(value any) string { return fmt.Sprintf("%.40s", encode(value)) }
