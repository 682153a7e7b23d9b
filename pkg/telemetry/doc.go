// Package telemetry is what a process tells of itself while it works: figures for
// Prometheus and, where somebody collects them, traces by OpenTelemetry. It is the
// only importer of OpenTelemetry.
//
// No label and no attribute ever holds what a visitor or an agent wrote, and no
// label takes its values from outside.
package telemetry
