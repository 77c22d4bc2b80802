#!/bin/sh
# The commands of config.yaml: submits a step as a job of Kubernetes, says how a job is doing, cancels jobs.
set -eu

# A text as sed takes it for a replacement.
plain() { printf '%s' "$1" | sed 's/[&|\\]/\\&/g'; }

case "$1" in
submit)
    # Step, processors, MB of memory, minutes, script. Prints the name of the job.
    sed -e "s|@step@|$2|; s|@processors@|$3|; s|@memory@|$4|g; s|@seconds@|$(($5 * 60))|" \
        -e "s|@folder@|$(plain "$PWD")|; s|@script@|$(plain "$6")|" "$(dirname "$0")/job.yaml" |
        kubectl create -f - -o name
    ;;
status)
    # A job that is gone has failed. Where Kubernetes does not answer, the job counts as running.
    if answer=$(kubectl get "$2" -o 'jsonpath={.status.conditions[?(@.status=="True")].type}' 2>&1); then
        case "$answer" in
        *Complete*) echo success ;;
        *Failed*) echo failed ;;
        *) echo running ;;
        esac
    else
        case "$answer" in
        *NotFound*) echo failed ;;
        *) echo running ;;
        esac
    fi
    ;;
*)
    kubectl delete --wait=false "$@"
    ;;
esac
