// Command made writes the generated files: the dashboards, and the alerts in the form
// of the Prometheus Operator.
//
//	cd test/monitoring && go run ./cmd/made
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/parley-chat/parley/test/monitoring/internal/board"
	"github.com/parley-chat/parley/test/monitoring/internal/operator"
)

func main() {
	if err := run("../../k8s/monitoring"); err != nil {
		fmt.Fprintln(os.Stderr, "made:", err)
		os.Exit(1)
	}
}

func run(folder string) error {
	alerts, err := os.ReadFile(filepath.Join(folder, "rules", "parley.yaml"))
	if err != nil {
		return err
	}
	rule, err := operator.Rule(alerts)
	if err != nil {
		return err
	}
	files := map[string][]byte{"prometheusrule.yaml": rule}
	boards, err := board.All()
	if err != nil {
		return err
	}
	for name, text := range boards {
		files[filepath.Join("dashboards", name)] = text
	}
	if err := os.MkdirAll(filepath.Join(folder, "dashboards"), 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
