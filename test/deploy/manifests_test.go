package deploy

import (
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/parley-chat/parley/pkg/roles"
)

// A check returns a sentence for each fault that it finds.
type check func(*manifests) []string

// checks are all checks that need no server.
func checks(t testing.TB, variant string) []check {
	return []check{
		checkMounts, checkSelectors, checkServices, checkWays, checkSecurity, checkResources, checkImages(variant), checkScaling, checkJobs, checkPrunable,
		checkEnvironment(settings(t)), checkAddresses, checkProbes, checkGrace, checkNetwork(variant), checkLag, checkStorage(variant),
	}
}

func findAll(t testing.TB, variant, text string) []string {
	m, found := decode(text)
	for _, c := range checks(t, variant) {
		found = append(found, c(m)...)
	}
	return found
}

func TestEveryOverlayIsWhole(t *testing.T) {
	for _, variant := range variants {
		t.Run(variant, func(t *testing.T) {
			for _, fault := range findAll(t, variant, render(t, variant)) {
				t.Error(fault)
			}
		})
	}
}

func TestAnOverlayHasEverything(t *testing.T) {
	for _, variant := range variants {
		m, _ := decode(render(t, variant))
		scaled := 0
		for _, role := range roles.Every() {
			if (m.deployments[role.Name] != nil) != (!role.Apart || hasWeb(variant)) {
				t.Errorf("%s: whether there is a Deployment %s: %v", variant, role.Name, m.deployments[role.Name] != nil)
			}
			if len(role.Work) > 0 {
				scaled++
			}
		}
		for _, name := range []string{"nats", "mongo"} {
			if m.stateful[name] == nil || len(m.stateful[name].Spec.VolumeClaimTemplates) != 1 {
				t.Errorf("%s: there is no StatefulSet %s with a volume", variant, name)
			}
		}
		if n := *m.stateful["nats"].Spec.Replicas; n != 3 {
			t.Errorf("%s: NATS has %d nodes", variant, n)
		}
		if (m.services["gateway"].Spec.Type == "LoadBalancer") == (m.ingresses["gateway"] != nil) {
			t.Errorf("%s: not exactly one way in from outside", variant)
		}
		if keda := variant == "production with keda"; keda != (len(m.keda) == scaled) {
			t.Errorf("%s: %d ScaledObjects", variant, len(m.keda))
		}
	}
}

// A secret's value appears only in the Secret.
func TestNoSecretStandsInTheOpen(t *testing.T) {
	for _, variant := range variants {
		m, _ := decode(render(t, variant))
		var open []byte
		for _, part := range []any{m.deployments, m.stateful, m.jobs, m.cronJobs, m.configMaps} {
			b, err := yaml.Marshal(part)
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, b...)
		}
		secrets := 0
		for name, s := range m.secrets {
			for key, value := range s.Data {
				if key == "ca.crt" || key == "tls.crt" {
					continue
				}
				secrets++
				if len(value) < 16 {
					t.Errorf("%s: %s of Secret %s has %d characters", variant, key, name, len(value))
				}
				if contains(open, value) {
					t.Errorf("%s: %s of Secret %s also appears in plain text", variant, key, name)
				}
			}
		}
		if secrets < 10 {
			t.Errorf("%s: only %d secrets were checked", variant, secrets)
		}
	}
}
