// Package monitoring holds the alerts, the dashboards and the operators' pages to
// account. Which figures and labels there are is read from the program itself; the
// alerts are parsed, and tried on made-up histories, by Prometheus' own code; and
// every check is shown faults that it must find.
//
// The command in cmd/made makes the dashboards, and the alerts as the Prometheus
// Operator takes them.
package monitoring
