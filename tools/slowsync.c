/*
 * A slower disk for measurements: preloaded into a program, it makes each fsync and fdatasync take FSYNC_US
 * microseconds longer. The real call still happens, so what is durable stays durable.
 *
 *   cc -O2 -Wall -shared -fPIC -o slowsync.so tools/slowsync.c -ldl
 *   FSYNC_US=2000 LD_PRELOAD=./slowsync.so dist/botctl serve --sandbox
 *
 * Only calls through the C library are seen; SQLite inside Bun makes such calls. FSYNC_US missing, or not a positive
 * number, means no delay.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

typedef int (*sync_call)(int fd);

static sync_call real_fsync;
static sync_call real_fdatasync;
static struct timespec delay;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void prepare(void) {
  real_fsync = (sync_call)dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = (sync_call)dlsym(RTLD_NEXT, "fdatasync");
  const char *text = getenv("FSYNC_US");
  long us = text == NULL ? 0 : strtol(text, NULL, 10);
  if (us > 0) {
    delay.tv_sec = us / 1000000;
    delay.tv_nsec = us % 1000000 * 1000;
  }
}

/* Sleeps the whole delay, also when signals arrive meanwhile; errno is then as if it had not slept. */
static int slowed(sync_call *call, int fd) {
  pthread_once(&prepared, prepare);
  int before = errno;
  struct timespec left = delay;
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
  errno = before;
  return (*call)(fd);
}

int fsync(int fd) { return slowed(&real_fsync, fd); }

int fdatasync(int fd) { return slowed(&real_fdatasync, fd); }
