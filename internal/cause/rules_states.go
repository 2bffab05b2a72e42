package cause

// states are the states that a job itself ends in. They are looked up by name,
// in lower case, apart from the rules that read text.
var states = []rule{
	{
		name: "job_interrupted", class: SpotInterruption, label: Transient,
		codes:   []string{"interrupted"},
		source:  "DescribeTrainingJob SecondaryStatus Interrupted: the managed spot instances were interrupted",
		example: "Interrupted",
	},
	{
		name: "job_waited", class: SpotInterruption, label: Transient,
		codes:   []string{"maxwaittimeexceeded"},
		source:  "DescribeTrainingJob SecondaryStatus MaxWaitTimeExceeded: no spot capacity came in time",
		example: "MaxWaitTimeExceeded",
	},
	{
		name: "job_ran_too_long", class: StoppedOrTimeout, label: Permanent,
		codes:   []string{"maxruntimeexceeded"},
		source:  "DescribeTrainingJob SecondaryStatus MaxRuntimeExceeded: the same work meets the same limit",
		example: "MaxRuntimeExceeded",
	},
	{
		name: "job_stopped", class: StoppedOrTimeout, label: Permanent,
		codes:   []string{"stopped", "stopping"},
		source:  "Status Stopped: StopTrainingJob and the like, called by a person or a program that meant it",
		example: "Stopped",
	},
}
