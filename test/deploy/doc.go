// Package deploy holds the Kubernetes manifests to account without a cluster:
// they are rendered by kustomize, decoded strictly, checked against each other
// and against the program; and the NATS server that they configure is started and
// tried with every role's credentials. Each check is shown faults that it must find.
//
// The command in cmd/permissions makes the NATS users and their page.
package deploy
