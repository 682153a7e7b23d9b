package compose

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// script runs what a service does before its program starts, with a folder of the test
// as /tmp, and returns that folder and the last command, which is not run.
func script(t *testing.T, service string, env ...string) (tmp, last string, err error) {
	t.Helper()
	s := load(t, read(t, "docker-compose.yml")).Services[service]
	tmp = t.TempDir()
	text := strings.ReplaceAll(s.Command[0], "/tmp/", tmp+"/")
	text = regexp.MustCompile(`(?m)^exec (.*)$`).ReplaceAllString(text, `echo "$1"`)
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-euc", text)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	for name, value := range s.Environment {
		cmd.Env = append(cmd.Env, name+"="+*value)
	}
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	return tmp, strings.TrimSpace(string(out)), err
}

func written(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestNATSIsConfiguredByItsScript(t *testing.T) {
	for _, c := range []struct{ service, replicas, store string }{
		{"nats", "1", "/data/single"}, {"nats", "3", "/data/cluster"}, {"nats-3", "3", "/data/cluster"},
	} {
		tmp, last, err := script(t, c.service, "NATS_REPLICAS="+c.replicas, "PROFILES=observability,cluster")
		if err != nil {
			t.Fatalf("%s: %v\n%s", c.service, err, last)
		}
		conf := written(t, filepath.Join(tmp, "nats.conf"))
		for _, want := range []string{"\n  sync_interval: always\n", "\n  store_dir: \"" + c.store + "\"\n", "\n  password: \"natspassword\"\n"} {
			if !strings.Contains(conf, want) {
				t.Errorf("%s with NATS_REPLICAS=%s lacks %q:\n%s", c.service, c.replicas, want, conf)
			}
		}
		if routes := strings.Count(conf, "nats-route://parley:natspassword@nats-"); (routes == 3) != (c.replicas == "3") {
			t.Errorf("%s with NATS_REPLICAS=%s has %d routes", c.service, c.replicas, routes)
		}
		if strings.Contains(conf, "$") || strings.Count(conf, "{") != strings.Count(conf, "}") {
			t.Errorf("%s: not a configuration:\n%s", c.service, conf)
		}
	}
}

// The profile without the setting would be three servers under one name.
func TestNodesWithoutASettingRefuse(t *testing.T) {
	_, said, err := script(t, "nats-2", "NATS_REPLICAS=1")
	if err == nil || !strings.Contains(said, "needs NATS_REPLICAS=3 in .env") {
		t.Errorf("%v, %q", err, said)
	}
}

// The setting without the profile would be a node that waits for the others forever.
func TestASettingWithoutNodesRefuses(t *testing.T) {
	for _, profiles := range []string{"", "observability", "clusters"} {
		_, said, err := script(t, "nats", "NATS_REPLICAS=3", "PROFILES="+profiles)
		if err == nil || said != "NATS_REPLICAS=3 needs COMPOSE_PROFILES=cluster in .env, too; without it there are no other nodes." {
			t.Errorf("%q: %v, %q", profiles, err, said)
		}
	}
}

// A second region without the settings would be a second Parley that nobody knows of.
func TestARegionWithoutSettingsRefuses(t *testing.T) {
	for list, works := range map[string]bool{
		"": false, "eu=nats://parley:x@nats:4222": false, "eu=nats://parley:x@nats:4222;ape=nats://parley:x@nats-ap:4222": false,
		"eu=nats://parley:x@nats:4222;ap=nats://parley:x@nats-ap:4222": true, "ap=nats://parley:x@nats-ap:4222;eu=nats://parley:x@nats:4222": true,
	} {
		tmp, said, err := script(t, "nats-ap", "REGIONS="+list)
		switch {
		case works && (err != nil || !strings.Contains(written(t, filepath.Join(tmp, "nats.conf")), "\n  store_dir: \"/data/single\"\n") || strings.Contains(written(t, filepath.Join(tmp, "nats.conf")), "nats-route")):
			t.Errorf("%q: %v, %q", list, err, said)
		case !works && (err == nil || !strings.Contains(said, "needs REGION=eu, REGIONS and TOKEN_KEY in .env")):
			t.Errorf("%q: %v, %q", list, err, said)
		}
	}
}

func TestPrometheusFindsEveryRole(t *testing.T) {
	tmp, last, err := script(t, "prometheus")
	if err != nil {
		t.Fatalf("%v\n%s", err, last)
	}
	var conf struct {
		RuleFiles []string `yaml:"rule_files"`
		Scrape    []struct {
			Job string `yaml:"job_name"`
			DNS []struct {
				Names []string
				Type  string
				Port  int
			} `yaml:"dns_sd_configs"`
		} `yaml:"scrape_configs"`
	}
	if err := yaml.Unmarshal([]byte(written(t, filepath.Join(tmp, "prometheus.yml"))), &conf); err != nil {
		t.Fatal(err)
	}
	ports := map[string]int{}
	for _, job := range conf.Scrape {
		if len(job.DNS) != 1 || len(job.DNS[0].Names) != 1 || job.DNS[0].Names[0] != job.Job || job.DNS[0].Type != "A" {
			t.Fatalf("the job %s looks for %+v", job.Job, job.DNS)
		}
		ports[job.Job] = job.DNS[0].Port
	}
	for _, s := range inOrder(load(t, read(t, "docker-compose.yml"))) {
		if !isRole(s) || region(s) != "" { // nothing but a gateway and a NATS server reaches another region
			continue
		}
		if at := fmt.Sprintf(":%d", ports[s.Name]); at != value(s, "HEALTH_ADDR") {
			t.Errorf("Prometheus scrapes %s at %s, not at %s", s.Name, at, value(s, "HEALTH_ADDR"))
		}
	}
	if len(conf.RuleFiles) != 1 || conf.RuleFiles[0] != "/etc/monitoring/rules/*.yaml" {
		t.Errorf("rules: %v", conf.RuleFiles)
	}
}

func TestGrafanaIsProvisioned(t *testing.T) {
	tmp, last, err := script(t, "grafana")
	if err != nil || last != "/run.sh" {
		t.Fatalf("%v\n%s", err, last)
	}
	var sources struct {
		Datasources []struct{ UID, Type, URL string }
	}
	if err := yaml.Unmarshal([]byte(written(t, filepath.Join(tmp, "provisioning/datasources/parley.yaml"))), &sources); err != nil {
		t.Fatal(err)
	}
	if len(sources.Datasources) != 2 || sources.Datasources[0].UID != "prometheus" || sources.Datasources[1].UID != "jaeger" {
		t.Errorf("%+v", sources)
	}
	var boards struct {
		Providers []struct{ Options struct{ Path string } }
	}
	if err := yaml.Unmarshal([]byte(written(t, filepath.Join(tmp, "provisioning/dashboards/parley.yaml"))), &boards); err != nil {
		t.Fatal(err)
	}
	if len(boards.Providers) != 1 || boards.Providers[0].Options.Path != "/etc/monitoring/dashboards" {
		t.Errorf("%+v", boards)
	}
}
