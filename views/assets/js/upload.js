// Files go up in parts that can be resumed (tus); without this script the form sends them whole.
const PART = 16 * 1024 * 1024;

document.addEventListener("submit", event => {
  const form = event.target.closest?.("form[data-upload]");
  const files = form?.querySelector("input[type=file]").files;
  if (!files?.length) return;
  event.preventDefault();
  void send(form, [...files]);
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, event => {
    const form = document.querySelector("form[data-upload]");
    if (!form || ![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    form.classList.toggle("over", name === "dragover");
    if (name === "drop") void send(form, [...event.dataTransfer.files]);
  });
}

async function send(form, files) {
  await ready();
  const list = form.querySelector(".coming");
  list.replaceChildren();
  const names = await Promise.all(files.map(file => sendOne(form.dataset.upload, file, list)));
  if (names.includes(undefined)) return;
  if (form.dataset.then) return go(form, names);
  location.href = names.length === 1 ? `/files/${names[0]}` : "/files";
}

// What the form says goes where its files have gone before, by their names.
function go(form, names) {
  form.querySelector("input[type=file]").disabled = true;
  for (const name of names) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "uploaded", value: name });
    form.append(field);
  }
  Object.assign(form, { action: form.dataset.then, enctype: "application/x-www-form-urlencoded" });
  form.submit();
}

function sendOne(endpoint, file, list) {
  const line = document.createElement("li");
  const bar = document.createElement("progress");
  const words = document.createElement("small");
  bar.max = file.size || 1;
  bar.setAttribute("aria-label", file.name);
  line.append(file.name, bar, words);
  list.append(line);
  const began = performance.now();
  let from;
  return new Promise(done => {
    let name = file.name;
    const upload = new window.tus.Upload(file, {
      endpoint,
      chunkSize: PART,
      retryDelays: [0, 1000, 3000, 5000, 10_000],
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name },
      onProgress(sent, total) {
        from ??= sent;
        bar.value = sent;
        const rate = (sent - from) / Math.max(0.001, (performance.now() - began) / 1000);
        words.textContent = `${size(sent)} of ${size(total)}, ${size(rate)}/s`;
      },
      onAfterResponse(_request, response) {
        name = response.getHeader("portal-file") ?? name;
      },
      onError(error) {
        const answerText = error.originalResponse?.getBody() ?? "";
        words.textContent = `${sentence(answerText) || "The connection broke."} Drop the file again to go on.`;
        words.className = "bad";
        done();
      },
      onSuccess() {
        words.textContent = `${size(file.size)}, all there`;
        done(name);
      },
    });
    upload.findPreviousUploads().then(
      found => {
        if (found[0]) upload.resumeFromPreviousUpload(found[0]);
        upload.start();
      },
      () => upload.start(),
    );
  });
}

function sentence(body) {
  try {
    return JSON.parse(body).error.message;
  } catch {
    return body.length < 200 && !body.includes("<") ? body.trim() : "";
  }
}

function ready() {
  if (window.tus) return Promise.resolve();
  return new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = document.querySelector("meta[name=tus]").content;
    script.onload = done;
    script.onerror = fail;
    document.head.append(script);
  });
}

function size(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** unit;
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
