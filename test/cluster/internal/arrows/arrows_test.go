package arrows

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"testing"

	networking "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
)

func TestEveryPolicyIsTried(t *testing.T) {
	text, err := os.ReadFile("../../../../k8s/base/network.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var tried, have []string
	for _, p := range Probes {
		tried = append(tried, p.Policies...)
	}
	for d := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096); ; {
		var policy networking.NetworkPolicy
		err := d.Decode(&policy)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		have = append(have, policy.Name)
		if !slices.Contains(tried, policy.Name) {
			t.Errorf("no probe tries the NetworkPolicy %s", policy.Name)
		}
	}
	for _, name := range tried {
		if !slices.Contains(have, name) {
			t.Errorf("a probe tries %s, which is not a NetworkPolicy", name)
		}
	}
}

func TestEveryTargetIsReachedBySomebodyAndKeptFromSomebody(t *testing.T) {
	targets := Targets("10.0.0.1", "10.0.0.2", 443)
	for _, target := range targets {
		reached, kept := 0, 0
		for _, p := range Probes {
			if slices.Contains(p.Reaches, target.Name) {
				reached++
			} else {
				kept++
			}
		}
		// Connections to port 6222 are between NATS nodes; the NATS cluster itself
		// proves them.
		if reached == 0 && target.Name != "nats:6222" {
			t.Errorf("no probe reaches %s, so a failure to connect proves nothing", target.Name)
		}
		if kept == 0 && target.Name != DNS {
			t.Errorf("every probe reaches %s", target.Name)
		}
	}
	for _, p := range Probes {
		for _, name := range p.Reaches {
			if !slices.ContainsFunc(targets, func(t Target) bool { return t.Name == name }) {
				t.Errorf("%s reaches %s, which is not a target", p.Name, name)
			}
		}
	}
}
