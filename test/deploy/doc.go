// Package deploy checks the Kubernetes manifests without a cluster: it renders them
// with kustomize, decodes them strictly, and checks them against each other and against
// the program; and it starts the NATS servers that they configure and tries them with
// every role's credentials. Other tests show that each check finds faults.
//
// The command in cmd/permissions generates the NATS users and their page.
package deploy
