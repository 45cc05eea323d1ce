import sharp from "sharp";
const f=Deno.args; const imgs=await Promise.all(f.map(p=>sharp(p).png().toBuffer({resolveWithObject:true})));
const h=Math.max(...imgs.map(i=>i.info.height)); let x=0; const c=[]; for(const i of imgs){c.push({input:i.data,left:x,top:0});x+=i.info.width+12;}
await sharp({create:{width:x,height:h,channels:3,background:"#888"}}).composite(c).png().toFile("/tmp/s3/m.png");
