package pipelines

import "github.com/aws/aws-sdk-go-v2/service/sagemaker/types"

// stepType is a step's type as events spell it, told by which metadata it has:
// the list has no such field. Empty where the job was never created.
func stepType(m *types.PipelineExecutionStepMetadata) string {
	switch {
	case m == nil:
		return ""
	case m.TrainingJob != nil:
		return "Training"
	case m.ProcessingJob != nil:
		return "Processing"
	case m.TransformJob != nil:
		return "Transform"
	case m.TuningJob != nil:
		return "Tuning"
	case m.AutoMLJob != nil:
		return "AutoML"
	case m.Fail != nil:
		return "Fail"
	case m.Model != nil:
		return "Model"
	case m.RegisterModel != nil:
		return "RegisterModel"
	case m.Lambda != nil:
		return "Lambda"
	case m.Callback != nil:
		return "Callback"
	case m.Condition != nil:
		return "Condition"
	case m.QualityCheck != nil:
		return "QualityCheck"
	case m.ClarifyCheck != nil:
		return "ClarifyCheck"
	default:
		return rarerType(m)
	}
}

func rarerType(m *types.PipelineExecutionStepMetadata) string {
	switch {
	case m.EMR != nil:
		return "EMR"
	case m.EMRServerless != nil:
		return "EMRServerless"
	case m.Athena != nil:
		return "Athena"
	case m.Endpoint != nil:
		return "Endpoint"
	case m.EndpointConfig != nil:
		return "EndpointConfig"
	case m.ForEach != nil:
		return "ForEach"
	case m.Job != nil:
		return "Job"
	default:
		return ""
	}
}
