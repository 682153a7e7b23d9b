// Package operator converts Prometheus' file of alerts to the form of the Prometheus
// Operator: kustomize can't put a file into an object.
package operator

import (
	"bytes"
	"fmt"

	"gopkg.in/yaml.v3"
)

const head = `# Made from rules/parley.yaml: cd test/monitoring && go run ./cmd/made
`

// Rule returns the alerts as a PrometheusRule.
func Rule(alerts []byte) ([]byte, error) {
	var file struct {
		Groups []any `yaml:"groups"`
	}
	if err := yaml.Unmarshal(alerts, &file); err != nil {
		return nil, fmt.Errorf("read the alerts: %w", err)
	}
	type object map[string]any
	var out bytes.Buffer
	out.WriteString(head)
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	err := e.Encode(struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string `yaml:"kind"`
		Metadata   object `yaml:"metadata"`
		Spec       object `yaml:"spec"`
	}{"monitoring.coreos.com/v1", "PrometheusRule", object{"name": "parley"}, object{"groups": file.Groups}})
	if err != nil {
		return nil, fmt.Errorf("write the rule: %w", err)
	}
	return out.Bytes(), nil
}
