package deployment

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bare takes everything away that could name a Region or credentials, and
// writes the shared configuration that is given.
func bare(t *testing.T, shared string) {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, value) // has it put back
			os.Unsetenv(name)
		}
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "config"), []byte(shared), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(folder, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(folder, "none"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

const twoProfiles = `[default]
region = eu-west-1
aws_access_key_id = one
aws_secret_access_key = s

[profile ml]
region = us-east-1
aws_access_key_id = two
aws_secret_access_key = s
`

func TestLoad(t *testing.T) {
	for _, test := range []struct {
		name        string
		options     Options
		env         map[string]string
		region, key string
	}{
		{"the default profile", Options{}, nil, "eu-west-1", "one"},
		{"a profile", Options{Profile: "ml"}, nil, "us-east-1", "two"},
		{"a profile of the environment", Options{}, map[string]string{"AWS_PROFILE": "ml"}, "us-east-1", "two"},
		{"another Region", Options{Region: "eu-central-1"}, map[string]string{"AWS_REGION": "us-west-2"}, "eu-central-1", "one"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bare(t, twoProfiles)
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			cfg, err := Load(t.Context(), test.options)
			if err != nil {
				t.Fatal(err)
			}
			c, err := cfg.Credentials.Retrieve(t.Context())
			if err != nil || cfg.Region != test.region || c.AccessKeyID != test.key {
				t.Errorf("got %s with %s, error %v; want %s with %s", cfg.Region, c.AccessKeyID, err, test.region, test.key)
			}
		})
	}
}

// The SDK's endpoint variables lead where they say.
func TestLoadEndpoint(t *testing.T) {
	f := &formation{parameters: defaults(), outputs: map[string]string{"LedgerTable": "Ledger"}}
	url := *connect(t, f).BaseEndpoint
	for _, variable := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDFORMATION"} {
		t.Run(variable, func(t *testing.T) {
			bare(t, twoProfiles)
			t.Setenv(variable, url)
			cfg, err := Load(t.Context(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if d, err := Find(t.Context(), cfg, "mulligan"); err != nil || d.Table != "Ledger" {
				t.Errorf("got %+v, error %v", d, err)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	for _, test := range []struct {
		name, shared string
		options      Options
		want         string
	}{
		{"no Region", "[default]\naws_access_key_id = a\naws_secret_access_key = s\n", Options{},
			"no AWS Region is set: pass --region, or set AWS_REGION or the profile's region"},
		{"no credentials", "[default]\nregion = eu-west-1\n", Options{}, "no AWS credentials: pass --profile, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or sign in"},
		{"no such profile", twoProfiles, Options{Profile: "gone"}, "there is no AWS profile named gone, as --profile says: name another with --profile"},
		{"no such profile of the environment", twoProfiles, Options{}, "there is no AWS profile named gone, as AWS_PROFILE says: name another with --profile"},
		{"a broken file", "[default]\nregion = eu-west-1\nmax_attempts = many\n", Options{}, "read the AWS configuration: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			bare(t, test.shared)
			if strings.Contains(test.name, "environment") {
				t.Setenv("AWS_PROFILE", "gone")
			}
			if _, err := Load(t.Context(), test.options); err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestSources(t *testing.T) {
	for provider, want := range map[string]string{
		"EnvConfigCredentials": "the environment", "SharedConfigCredentials: /home/u/.aws/credentials": "the shared configuration files",
		"SSOProvider": "single sign-on", "Other": "Other",
	} {
		if got := inWords(provider); got != want {
			t.Errorf("%s: got %s, want %s", provider, got, want)
		}
	}
}
