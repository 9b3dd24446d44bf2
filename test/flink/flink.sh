#!/usr/bin/env bash
# A process of a Flink session cluster, from the class path:
#   flink.sh jobmanager  <build folder> <conf folder>
#   flink.sh taskmanager <build folder> <conf folder> <name>
set -euo pipefail
role=$1 build=$2 conf=$3

java=(java -cp "$build/lib/*" -Dlog4j.configurationFile="$conf/log4j2.properties")
# Small processes that start quickly on a machine with few cores.
java+=(-XX:+UseG1GC -XX:TieredStopAtLevel=1 -XX:ParallelGCThreads=2 -XX:ConcGCThreads=1)
# What Flink's own scripts open on Java 17.
for package in java.base/sun.net.util java.rmi/sun.rmi.registry java.security.jgss/sun.security.krb5; do
  java+=("--add-exports=$package=ALL-UNNAMED")
done
for package in lang net io nio lang.reflect text time util util.concurrent util.concurrent.atomic util.concurrent.locks; do
  java+=("--add-opens=java.base/java.$package=ALL-UNNAMED")
done
java+=("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED")

case $role in
  jobmanager)
    exec "${java[@]}" -Xmx320m org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint \
      --configDir "$conf"
    ;;
  taskmanager)
    exec "${java[@]}" -Xmx256m -XX:MaxDirectMemorySize=160m \
      org.apache.flink.runtime.taskexecutor.TaskManagerRunner --configDir "$conf" -D "taskmanager.resource-id=$4"
    ;;
  *)
    echo "flink.sh: $role is neither jobmanager nor taskmanager" >&2
    exit 2
    ;;
esac
