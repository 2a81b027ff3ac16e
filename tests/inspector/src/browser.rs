//! A headless Chromium, spoken to over its [debugging protocol](https://chromedevtools.github.io/devtools-protocol/).

use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A browser takes its time to start on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A page in a browser of its own; the browser ends with it.
pub struct Page {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: String,
    last: u64,
    /// What the browser has complained about: exceptions, and what the page's policy forbids.
    complaints: Vec<String>,
    _browser: Child,
    _profile: TempDir,
}

impl Page {
    /// Starts a browser and opens an address.
    pub async fn open(address: &str) -> Self {
        let profile = TempDir::new().expect("a folder for the browser's profile");
        let mut browser = Command::new("chromium")
            .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
            .args(["--no-first-run", "--hide-scrollbars"])
            .args(["--disable-dev-shm-usage", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("chromium starts: .ci/chromium installs it");
        let address_of_protocol = timeout(PATIENCE, protocol_address(&mut browser)).await;
        let endpoint = address_of_protocol.expect("the browser starts in time");
        let (socket, _) = connect_async(endpoint)
            .await
            .expect("the browser accepts a connection");
        let mut page = Page {
            socket,
            session: String::new(),
            last: 0,
            complaints: Vec::new(),
            _browser: browser,
            _profile: profile,
        };
        page.attach().await;
        page.call("Page.navigate", json!({ "url": address })).await;
        page.until("location.href !== 'about:blank' && document.readyState === 'complete'")
            .await;
        page
    }

    async fn attach(&mut self) {
        let blank = json!({ "url": "about:blank" });
        let target = self.call("Target.createTarget", blank).await["targetId"].clone();
        let attach = json!({ "targetId": target, "flatten": true });
        let attached = self.call("Target.attachToTarget", attach).await;
        self.session = text(&attached["sessionId"]);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            self.call(domain, json!({})).await;
        }
    }

    /// What an expression comes to in the page; a promise is awaited.
    pub async fn eval(&mut self, expression: &str) -> Value {
        let answer = self
            .call(
                "Runtime.evaluate",
                json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
            )
            .await;
        assert!(
            answer.get("exceptionDetails").is_none(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub async fn until(&mut self, expression: &str) {
        let mut turns = 0;
        while self.eval(&format!("Boolean({expression})")).await != true {
            turns += 1;
            if turns == 300 {
                let page = self.eval("document.body.innerText").await;
                panic!("never true: {expression}\n{page}");
            }
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// Sets the size of the window, in pixels of a screen with this many device pixels each.
    pub async fn resize(&mut self, width: u32, height: u32, scale: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Makes the system dark or light.
    pub async fn prefer(&mut self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let media = json!({ "features": features });
        self.call("Emulation.setEmulatedMedia", media).await;
    }

    /// Presses a key, as a hand does.
    pub async fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Tab" => (9, ""),
            " " => (32, " "),
            other => panic!("the code of {other} is not written down here"),
        };
        let mut event =
            json!({ "type": "keyDown", "key": key, "windowsVirtualKeyCode": code, "text": text });
        self.call("Input.dispatchKeyEvent", event.clone()).await;
        event["type"] = json!("keyUp");
        self.call("Input.dispatchKeyEvent", event).await;
    }

    /// The window as a PNG.
    pub async fn screenshot(&mut self) -> Vec<u8> {
        let shot = self
            .call("Page.captureScreenshot", json!({ "format": "png" }))
            .await;
        let data = text(&shot["data"]);
        BASE64_STANDARD
            .decode(data)
            .expect("the protocol sends base64")
    }

    /// What the browser has complained about so far.
    #[must_use]
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let sent = self.socket.send(Message::text(message.to_string())).await;
        sent.expect("the browser is there");
        timeout(PATIENCE, self.answer())
            .await
            .unwrap_or_else(|_| panic!("{method} was not answered"))
    }

    /// Reads up to the answer of the last call, and keeps what the browser complains about meanwhile.
    async fn answer(&mut self) -> Value {
        loop {
            let message = self.socket.next().await.expect("the browser is there");
            let message = message.expect("the connection stands");
            let Ok(text) = message.into_text() else {
                continue;
            };
            let Ok(mut message) = serde_json::from_str::<Value>(&text) else {
                continue;
            };
            match message["method"].as_str() {
                Some("Runtime.exceptionThrown" | "Log.entryAdded") => {
                    self.complaints.push(message["params"].to_string());
                }
                _ if message["id"] == self.last => {
                    assert!(message.get("error").is_none(), "{message}");
                    return message["result"].take();
                }
                _ => {}
            }
        }
    }
}

/// Where the browser says that it listens.
async fn protocol_address(browser: &mut Child) -> String {
    let stderr = browser.stderr.take().expect("it is piped");
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(address) = line.strip_prefix("DevTools listening on ") {
            let address = address.to_owned();
            // What else it writes is read, so that it is never stopped by a full pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return address;
        }
    }
    panic!("chromium ended before it listened");
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .expect("the protocol has a text here")
        .to_owned()
}
