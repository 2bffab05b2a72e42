package pipelines

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"

	"mulligan/internal/awscall"
	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// jobKinds are the kinds of job that can be described, by what their ARNs call
// them.
var jobKinds = map[string]struct {
	action   string
	describe func(context.Context, *sagemaker.Client, string) (cause.Job, error)
}{
	"training-job":   {"sagemaker:DescribeTrainingJob", trainingJob},
	"processing-job": {"sagemaker:DescribeProcessingJob", processingJob},
	"transform-job":  {"sagemaker:DescribeTransformJob", transformJob},
}

// Job tells what the training, processing or transform job with that ARN, which
// is a Step's Ref, says of itself: an error that is retry.ErrGone if there is
// none, retry.ErrNotTold if SageMaker will not say. An ARN of anything else is an error that names it, and no call.
func (s *SageMaker) Job(ctx context.Context, ref string) (cause.Job, error) {
	kind, name := split(ref)
	known, ok := jobKinds[kind]
	if !ok || name == "" {
		return cause.Job{}, fmt.Errorf("%w: expected the ARN of a training, processing or transform job, got %.300q", retry.ErrNotTold, ref)
	}
	ctx, cancel, err := awscall.Within(ctx, readLimit)
	if err != nil {
		return cause.Job{}, fmt.Errorf("describe the job: %w", err)
	}
	defer cancel()
	job, err := known.describe(ctx, s.client, name)
	switch {
	case err != nil:
		return cause.Job{}, jobError(err, known.action, ref)
	case !strings.EqualFold(job.Name, name) || job.Status == "":
		return cause.Job{}, fmt.Errorf("%w: %s answered about another job, or without its status", retry.ErrNotTold, known.action)
	}
	return job, nil
}

// split takes what kind of job an ARN names, and its name, which is behind the
// last slash. SageMaker mixes the case of ARNs.
func split(ref string) (kind, name string) {
	part := strings.SplitN(ref, ":", 6)
	if len(part) != 6 || part[0] != "arn" || part[2] != "sagemaker" {
		return "", ""
	}
	kind, name, _ = strings.Cut(part[5], "/")
	return strings.ToLower(kind), name[strings.LastIndex(name, "/")+1:]
}

// jobError tells a vanished job from a call that failed. DescribeTrainingJob
// answers a name that nothing has with a validation error, not with the
// documented ResourceNotFound (github.com/boto/boto3/issues/2808).
func jobError(err error, action, ref string) error {
	switch awscall.KindOf(err) {
	case awscall.NotFound, awscall.Invalid:
		return gone(action + ": " + ref + " does not exist: " + awscall.Detail(err))
	default:
		return background(err, action, ref)
	}
}

// background explains an error of a call that tells what surrounds a failure. A
// refusal that will stand is retry.ErrNotTold: it must not hold up the decision.
func background(err error, action, resource string) error {
	explained := awscall.Explain(err, action, resource)
	if awscall.Stands(err) {
		return fmt.Errorf("%w: %w", retry.ErrNotTold, explained)
	}
	return explained
}

// gone is retry.ErrGone of something that is no execution, and so in other words.
type gone string

func (g gone) Error() string { return string(g) }

func (gone) Is(target error) bool { return target == retry.ErrGone }

func trainingJob(ctx context.Context, client *sagemaker.Client, name string) (cause.Job, error) {
	out, err := client.DescribeTrainingJob(ctx, &sagemaker.DescribeTrainingJobInput{TrainingJobName: &name})
	if err != nil {
		return cause.Job{}, err
	}
	return cause.Job{
		Name: aws.ToString(out.TrainingJobName), Status: string(out.TrainingJobStatus),
		Secondary: string(out.SecondaryStatus), Reason: aws.ToString(out.FailureReason), Instance: trainedOn(out.ResourceConfig),
	}, nil
}

// trainedOn is the instance type that a training job asked for. Empty where it
// asked for several: which of them ran short, nobody says.
func trainedOn(c *types.ResourceConfig) string {
	if c == nil {
		return ""
	}
	only := c.InstanceType
	for i, group := range c.InstanceGroups {
		if i == 0 {
			only = group.InstanceType
		}
		if group.InstanceType != only {
			return ""
		}
	}
	return string(only)
}

func processingJob(ctx context.Context, client *sagemaker.Client, name string) (cause.Job, error) {
	out, err := client.DescribeProcessingJob(ctx, &sagemaker.DescribeProcessingJobInput{ProcessingJobName: &name})
	if err != nil {
		return cause.Job{}, err
	}
	job := cause.Job{
		Name: aws.ToString(out.ProcessingJobName), Status: string(out.ProcessingJobStatus),
		Reason: aws.ToString(out.FailureReason), Exit: aws.ToString(out.ExitMessage),
	}
	if r := out.ProcessingResources; r != nil && r.ClusterConfig != nil {
		job.Instance = string(r.ClusterConfig.InstanceType)
	}
	return job, nil
}

func transformJob(ctx context.Context, client *sagemaker.Client, name string) (cause.Job, error) {
	out, err := client.DescribeTransformJob(ctx, &sagemaker.DescribeTransformJobInput{TransformJobName: &name})
	if err != nil {
		return cause.Job{}, err
	}
	job := cause.Job{
		Name: aws.ToString(out.TransformJobName), Status: string(out.TransformJobStatus), Reason: aws.ToString(out.FailureReason),
	}
	if r := out.TransformResources; r != nil {
		job.Instance = string(r.InstanceType)
	}
	return job, nil
}

// jobOf is the ARN of the job behind a step that Job can describe; "" where
// there is none, or none yet. Checks of quality and bias are processing jobs.
func jobOf(m *types.PipelineExecutionStepMetadata) string {
	switch {
	case m == nil:
		return ""
	case m.TrainingJob != nil:
		return aws.ToString(m.TrainingJob.Arn)
	case m.ProcessingJob != nil:
		return aws.ToString(m.ProcessingJob.Arn)
	case m.TransformJob != nil:
		return aws.ToString(m.TransformJob.Arn)
	case m.QualityCheck != nil:
		return aws.ToString(m.QualityCheck.CheckJobArn)
	case m.ClarifyCheck != nil:
		return aws.ToString(m.ClarifyCheck.CheckJobArn)
	default:
		return ""
	}
}
