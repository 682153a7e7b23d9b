// Package monitoring checks the alerts, the dashboards and the operators' pages. The
// metrics and labels that exist are read from the program itself; Prometheus' own code
// parses the alerts and tries them on made-up histories; and other tests show that
// every check finds faults.
//
// The command in cmd/made generates the dashboards, and the alerts in the form of the
// Prometheus Operator.
package monitoring
