package retrier_test

import (
	"os"
	"testing"
)

// TestMain gives the real configuration of the clients (awscall.Config) the
// environment that it reads. Where the calls go, each rig says for itself.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"AWS_REGION": region, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_SAGEMAKER": "", "AWS_ENDPOINT_URL_SCHEDULER": "",
	} {
		os.Setenv(name, value)
	}
	os.Exit(m.Run())
}
