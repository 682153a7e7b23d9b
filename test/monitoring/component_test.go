package monitoring

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/parley-chat/parley/pkg/roles"
)

type meta struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// podMonitor has the fields of the Prometheus Operator's type that this repository uses.
// The operator's own module would bring in Kubernetes' client.
type podMonitor struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   meta   `json:"metadata"`
	Spec       struct {
		JobLabel string `json:"jobLabel"`
		Selector struct {
			MatchLabels      map[string]string `json:"matchLabels"`
			MatchExpressions []struct {
				Key      string   `json:"key"`
				Operator string   `json:"operator"`
				Values   []string `json:"values"`
			} `json:"matchExpressions"`
		} `json:"selector"`
		PodMetricsEndpoints []struct {
			Port     string `json:"port"`
			Path     string `json:"path"`
			Interval string `json:"interval"`
		} `json:"podMetricsEndpoints"`
	} `json:"spec"`
}

type prometheusRule struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   meta   `json:"metadata"`
	Spec       struct {
		Groups []struct {
			Name     string `json:"name"`
			Interval string `json:"interval"`
			Rules    []struct {
				Alert       string            `json:"alert"`
				Expr        string            `json:"expr"`
				For         string            `json:"for"`
				Labels      map[string]string `json:"labels"`
				Annotations map[string]string `json:"annotations"`
			} `json:"rules"`
		} `json:"groups"`
	} `json:"spec"`
}

type configMap struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   meta              `json:"metadata"`
	Data       map[string]string `json:"data"`
}

// mostApplied is the largest object that kubectl apply accepts: it stores all of it in
// an annotation, in which quotes are escaped once more.
const mostApplied = 256 << 10

// checkComponent decodes rendered manifests strictly and compares them with the roles'.
func checkComponent(text string, base map[string][]string) (faults []string) {
	fault := func(format string, v ...any) { faults = append(faults, fmt.Sprintf(format, v...)) }
	kinds := map[string]int{}
	for _, doc := range strings.Split(text, "\n---\n") {
		var id struct {
			Kind     string `json:"kind"`
			Metadata meta   `json:"metadata"`
		}
		if err := yaml.Unmarshal([]byte(doc), &id); err != nil {
			fault("%v", err)
			continue
		}
		kinds[id.Kind]++
		if id.Metadata.Namespace != "parley" {
			fault("%s %s is in the namespace %q", id.Kind, id.Metadata.Name, id.Metadata.Namespace)
		}
		switch id.Kind {
		case "PodMonitor":
			var m podMonitor
			faults = append(faults, strict(doc, &m)...)
			faults = append(faults, checkMonitor(m, base)...)
		case "PrometheusRule":
			var r prometheusRule
			faults = append(faults, strict(doc, &r)...)
			if len(r.Spec.Groups) == 0 {
				fault("the PrometheusRule has no alerts")
			}
		case "ConfigMap":
			var c configMap
			faults = append(faults, strict(doc, &c)...)
			if c.Metadata.Labels["grafana_dashboard"] != "1" || len(c.Data) != 1 {
				fault("ConfigMap %s is no dashboard: %v, %d files", c.Metadata.Name, c.Metadata.Labels, len(c.Data))
			}
			whole, err := json.Marshal(c)
			if err != nil {
				fault("%v", err)
			}
			if escaped, err := json.Marshal(string(whole)); err != nil || len(escaped) > mostApplied {
				fault("kubectl apply would not take ConfigMap %s: %d bytes", c.Metadata.Name, len(escaped))
			}
		default:
			fault("a %s that nobody here knows", id.Kind)
		}
	}
	// A dashboard for each role, and the overview.
	for kind, n := range map[string]int{"PodMonitor": 1, "PrometheusRule": 1, "ConfigMap": len(roles.Every()) + 1} {
		if kinds[kind] != n {
			fault("there are %d of %s, not %d", kinds[kind], kind, n)
		}
	}
	return faults
}

// strict decodes a document: a field that is unknown or repeated is a fault.
func strict(doc string, into any) (faults []string) {
	raw, err := yaml.YAMLToJSONStrict([]byte(doc))
	if err != nil {
		return []string{err.Error()}
	}
	unknown, err := kjson.UnmarshalStrict(raw, into)
	if err != nil {
		return []string{err.Error()}
	}
	for _, err := range unknown {
		faults = append(faults, err.Error())
	}
	return faults
}

// checkMonitor: it finds the pods of every role, at a port that they have, and no others.
func checkMonitor(m podMonitor, base map[string][]string) (faults []string) {
	fault := func(format string, v ...any) { faults = append(faults, "PodMonitor: "+fmt.Sprintf(format, v...)) }
	if m.APIVersion != "monitoring.coreos.com/v1" || m.Spec.JobLabel != "app" {
		fault("%s, and job is taken from %q: it has to be the role", m.APIVersion, m.Spec.JobLabel)
	}
	var selected []string
	if len(m.Spec.Selector.MatchExpressions) == 1 && m.Spec.Selector.MatchExpressions[0].Key == "app" && m.Spec.Selector.MatchExpressions[0].Operator == "In" {
		selected = m.Spec.Selector.MatchExpressions[0].Values
	}
	for role, ports := range base {
		if !slices.Contains(selected, role) {
			fault("it does not look at %s", role)
		}
		scraped := 0
		for _, e := range m.Spec.PodMetricsEndpoints {
			if slices.Contains(ports, e.Port) && e.Path == "/metrics" {
				scraped++
			}
		}
		if scraped != 1 {
			fault("%s has the ports %v, and %d of them are looked at", role, ports, scraped)
		}
	}
	for _, role := range selected {
		if base[role] == nil {
			fault("there is no role %s", role)
		}
	}
	return faults
}

// render returns the component as an overlay includes it.
func render(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "monitoring"), os.DirFS(filepath.Join(root, "k8s/monitoring"))); err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay")
	if err := os.Mkdir(overlay, 0o755); err != nil {
		t.Fatal(err)
	}
	text := "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: parley\ncomponents: [../monitoring]\n"
	if err := os.WriteFile(filepath.Join(overlay, "kustomization.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return kustomize(t, overlay)
}

func kustomize(t testing.TB, folder string) string {
	t.Helper()
	all, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		t.Fatal(err)
	}
	text, err := all.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// rolesOfBase returns the names of each Deployment's ports, by its label app, with the role
// that is a component.
func rolesOfBase(t testing.TB) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	all := kustomize(t, filepath.Join(root, "k8s/base")) + "\n---\n" + string(read(t, "k8s/components/web/web.yaml"))
	for _, doc := range strings.Split(all, "\n---\n") {
		var d struct {
			Kind string `json:"kind"`
			Spec struct {
				Template struct {
					Metadata meta `json:"metadata"`
					Spec     struct {
						Containers []struct {
							Ports []struct {
								Name string `json:"name"`
							} `json:"ports"`
						} `json:"containers"`
					} `json:"spec"`
				} `json:"template"`
			} `json:"spec"`
		}
		if err := yaml.Unmarshal([]byte(doc), &d); err != nil {
			t.Fatal(err)
		}
		if d.Kind != "Deployment" {
			continue
		}
		for _, c := range d.Spec.Template.Spec.Containers {
			for _, p := range c.Ports {
				app := d.Spec.Template.Metadata.Labels["app"]
				found[app] = append(found[app], p.Name)
			}
		}
	}
	if len(found) != len(roles.Every()) {
		t.Fatalf("the base has the roles %v", found)
	}
	for _, r := range roles.Every() {
		if found[r.Name] == nil {
			t.Fatalf("the base has no role %s, only %v", r.Name, found)
		}
	}
	return found
}

func TestTheComponentFitsTheBase(t *testing.T) {
	for _, fault := range checkComponent(render(t), rolesOfBase(t)) {
		t.Error(fault)
	}
}
