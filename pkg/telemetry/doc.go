// Package telemetry is what a process reports about itself while it works: metrics for
// Prometheus and, if there is a collector, OpenTelemetry traces. It is the only importer
// of OpenTelemetry.
//
// No label and no attribute ever holds what a visitor or an agent wrote, and no
// label takes its values from outside.
package telemetry
